package confine

import (
	"errors"
	"fmt"
	"os"
	"slices"

	"golang.org/x/sys/unix"
)

// Enter makes the process itself what a Plan says that it is. It comes before everything that looks into /proc.
func Enter(p Plan) error {
	if !p.FirstProcess {
		return nil
	}
	// What the machine mounts later is seen here too, but not the other way round.
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_SLAVE, ""); err != nil {
		return fmt.Errorf("cannot detach mounts from those of the machine: %w", err)
	}
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil {
		return fmt.Errorf("cannot mount /proc for a PID namespace: %w", err)
	}
	return nil
}

// Separate returns a thread in namespaces of its own, as far as a Plan asks for them. It sees the file system as steps shall, and has all
// rights still. It is called once in a process.
func Separate(p Plan) (*Thread, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	t := newThread(p)
	t.report.processes = p.FirstProcess
	if t.work == nil {
		return t, nil
	}
	var err error
	t.Do(func() { err = separate(p, &t.report) })
	return t, err
}

// Restrict makes the process the Plan's user, and takes from the thread what it may not do. Nothing gives it back.
func (t *Thread) Restrict() error {
	err := settle(t.plan)
	if err == nil && t.work != nil {
		t.Do(func() { err = restrict(t.plan, &t.report) })
	}
	return err
}

// settle has all threads lose what only the setting up needed.
func settle(p Plan) error {
	if p.Borrowed {
		return giveBack()
	}
	if p.User == nil {
		return nil
	}
	if err := p.User.become(); err != nil {
		return err
	}
	return closeMemory()
}

// closeMemory keeps the process's memory, descriptors and environment in /proc from everybody of the same user, see PR_SET_DUMPABLE in prctl(2). To become
// another user undoes it.
func closeMemory() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("cannot become non-dumpable: %w", err)
	}
	return nil
}

// separate puts the calling thread into namespaces, while it may.
func separate(p Plan, r *report) error {
	listening := []string(nil)
	if p.DenyNetwork {
		listening = listeningSockets()
		if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
			r.noNetwork = because(err)
		} else {
			r.network = true
			_ = raiseLoopback() // without it steps have even less
		}
	}
	if p.Confines() {
		r.lastUserNamespace = p.UserNamespace && forbidUserNamespaces() == nil
		r.ipc = unix.Unshare(unix.CLONE_NEWIPC) == nil
	}
	if p.NoMounts != "" {
		r.noMounts = p.NoMounts
	} else if err := unix.Unshare(unix.CLONE_NEWNS); err != nil {
		r.noMounts = because(err)
	}
	if r.noMounts != "" {
		if p.User != nil {
			return fmt.Errorf("cannot run steps as another user: without a mount namespace (%s) they would not reach their workspace", r.noMounts)
		}
	} else {
		r.mounts = true
		if err := buildView(p, listening, r); err != nil {
			return err
		}
	}
	if p.Confines() {
		return bound(setOf(kept))
	}
	return nil
}

// forbidUserNamespaces lets nobody in the user namespace make one of his own, see namespaces(7).
func forbidUserNamespaces() error {
	return os.WriteFile("/proc/sys/user/max_user_namespaces", []byte("0"), 0)
}

// restrict takes from the calling thread what it may not do for good.
func restrict(p Plan, r *report) error {
	if !p.Confines() {
		return nil
	}
	if err := limit(setOf(kept)); err != nil {
		return err
	}
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("cannot keep steps from gaining privileges: %w", err)
	}
	r.noNewPrivileges = true
	if err := landlock(p, r); err != nil {
		return err
	}
	rules := rulesFor(p, *r)
	if err := filter(rules); err != nil {
		r.noFilter = err.Error()
	} else {
		r.filter, r.rules = true, len(rules)
	}
	return r.lacks(p)
}

// rulesFor are the rules of a Plan, after what is in force already.
func rulesFor(p Plan, r report) []rule {
	rules := slices.Concat(neverNeeded, otherFamilies)
	if !r.lastUserNamespace {
		rules = append(rules, noClone3...)
	}
	if p.DenyNetwork && !r.network {
		rules = append(rules, noSockets...)
	} else if p.DenyNetwork && !r.mounts {
		rules = append(rules, noUnixSockets...)
	}
	if r.landlock < scopesVersion {
		rules = append(rules, noSignals(os.Getpid())...)
	}
	if !r.processes && r.landlock == 0 {
		rules = append(rules, noTracing...)
	}
	return rules
}

// lacks names what a Plan denies and nothing keeps steps from.
func (r *report) lacks(p Plan) error {
	var faults []error
	if p.DenyNetwork && !r.filter && (!r.network || !r.mounts) {
		faults = append(faults, fmt.Errorf("cannot deny the network: there are no namespaces for it (%s), and no filter of system calls (%s)",
			r.noNetwork+r.noMounts, r.noFilter))
	}
	if p.DenyWrites && !r.readOnly && !r.landlockFiles {
		faults = append(faults, fmt.Errorf("cannot deny writing to files: there is no mount namespace (%s), and no Landlock (%s)", r.noMounts, r.noLandlock))
	}
	if len(p.ReadPaths) > 0 && !r.landlockFiles {
		faults = append(faults, fmt.Errorf("cannot confine reading: there is no Landlock (%s)", r.noLandlock))
	}
	return errors.Join(faults...)
}

// because puts an error in words that help.
func because(err error) string {
	if errors.Is(err, unix.EPERM) {
		return "the daemon has not the right to make one (CAP_SYS_ADMIN)"
	}
	return err.Error()
}
