package confine

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// devices are what steps find in /dev: sources and sinks that reach nothing.
var devices = []string{"null", "zero", "full", "random", "urandom", "tty"}

// deviceLinks are what programs expect beside them.
var deviceLinks = map[string]string{
	"fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2", "ptmx": "pts/ptmx",
}

// coverDevices lays a /dev over the machine's that has no disk, no memory and no terminal of anybody else.
func (v *view) coverDevices(*report) error {
	if !v.plan.Confines() {
		return nil
	}
	trees := map[string]int{}
	defer func() {
		for _, fd := range trees {
			_ = unix.Close(fd)
		}
	}()
	for _, name := range devices {
		fd, err := unix.OpenTree(unix.AT_FDCWD, "/dev/"+name, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC)
		if err == nil { // a machine need not have all
			trees[name] = fd
		}
	}
	if err := unix.Mount("tmpfs", "/dev", "tmpfs", unix.MS_NOSUID|unix.MS_NOEXEC, "mode=0755,size=1m"); err != nil {
		return fmt.Errorf("cannot give steps a /dev of their own: %w", err)
	}
	for name, fd := range trees {
		err := os.WriteFile("/dev/"+name, nil, 0o600)
		if err == nil {
			err = unix.MoveMount(fd, "", unix.AT_FDCWD, "/dev/"+name, unix.MOVE_MOUNT_F_EMPTY_PATH)
		}
		if err != nil {
			return fmt.Errorf("cannot put %s into the steps' /dev: %w", name, err)
		}
	}
	var faults []error
	for name, target := range deviceLinks {
		faults = append(faults, os.Symlink(target, "/dev/"+name))
	}
	for _, name := range []string{"pts", "shm", "mqueue"} {
		faults = append(faults, os.Mkdir("/dev/"+name, 0o755))
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("cannot give steps a /dev of their own: %w", err)
	}
	return nil
}

// finishDevices mounts what is writable in /dev: shared memory, message queues and pseudo-terminals, all the sandbox's own. A kernel need not
// have the latter two, nor permit them.
func (v *view) finishDevices(r *report) error {
	if !v.plan.Confines() {
		return nil
	}
	const flags = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
	if err := unix.Mount("tmpfs", "/dev/shm", "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=1777"); err != nil {
		return fmt.Errorf("cannot give steps shared memory of their own: %w", err)
	}
	_ = unix.Mount("devpts", "/dev/pts", "devpts", unix.MS_NOSUID|unix.MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620")
	if r.ipc {
		_ = unix.Mount("mqueue", "/dev/mqueue", "mqueue", flags, "")
	}
	return nil
}
