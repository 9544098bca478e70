package confine

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// view builds what steps see of the file system, in a mount namespace of their own. The order matters: what lies below a directory that is
// going to be covered is taken aside first, and put back last, so that it stays writable when all else becomes read-only.
type view struct {
	plan    Plan
	kept    []keptTree
	covered []string
}

// keptTree is a detached copy of the mounts at a path, see open_tree(2).
type keptTree struct {
	path string
	fd   int
	dir  bool
}

// ownedByHost are paths that reach beyond the processes of a PID namespace.
var ownedByHost = []string{"/proc/sys", "/proc/sysrq-trigger", "/proc/irq", "/proc/bus", "/proc/fs", "/proc/acpi", "/proc/scsi", "/sys"}

// buildView gives the calling thread a view. It is alone in its mount namespace.
func buildView(p Plan, listening []string, r *report) error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("cannot detach mounts from those of the machine: %w", err)
	}
	v := &view{plan: p}
	defer v.close()
	for _, step := range []func(*report) error{v.takeAside, v.cover, v.coverDevices, v.coverSockets(listening), v.protect, v.putBack, v.finishDevices} {
		if err := step(r); err != nil {
			return err
		}
	}
	return nil
}

func (v *view) close() {
	for _, tree := range v.kept {
		_ = unix.Close(tree.fd)
	}
}

// takeAside copies what is to stay.
func (v *view) takeAside(*report) error {
	for _, path := range v.plan.Writable {
		if err := v.keep(path, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_NODEV | unix.MOUNT_ATTR_NOSUID}); err != nil {
			return err
		}
	}
	readOnly := &unix.MountAttr{}
	if v.plan.DenyWrites {
		readOnly.Attr_set = unix.MOUNT_ATTR_RDONLY
	}
	for _, path := range slices.Concat(v.plan.Visible, v.plan.ReadPaths, resolver()) {
		if v.isCovered(path) {
			if err := v.keep(path, readOnly); err != nil {
				return err
			}
		}
	}
	return nil
}

// keep copies a path, if it exists.
func (v *view) keep(path string, attr *unix.MountAttr) error {
	info, err := os.Stat(path)
	if err != nil {
		return nil //nolint:nilerr // what steps could not see anyway is not kept for them
	}
	fd, err := unix.OpenTree(unix.AT_FDCWD, path, unix.OPEN_TREE_CLONE|unix.AT_RECURSIVE|unix.OPEN_TREE_CLOEXEC)
	if err != nil {
		return fmt.Errorf("cannot keep %s: %w", path, err)
	}
	v.kept = append(v.kept, keptTree{path: path, fd: fd, dir: info.IsDir()})
	if err := unix.MountSetattr(fd, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, attr); err != nil {
		return fmt.Errorf("cannot keep %s: %w", path, err)
	}
	return nil
}

// hidden is which directories are covered, as far as they exist, under the names that lead to them without links.
func (v *view) hidden() []string {
	all := v.plan.Hidden
	if v.plan.DenyNetwork || v.plan.DenyWrites {
		all = append(slices.Clone(all), "/run", "/var/run")
	}
	return resolved(all)
}

// resolved returns the paths of directories without links, each once.
func resolved(paths []string) []string {
	var all []string
	for _, path := range paths {
		if path, err := filepath.EvalSymlinks(path); err == nil && !slices.Contains(all, path) {
			all = append(all, path)
		}
	}
	return all
}

func (v *view) isCovered(path string) bool {
	covers := v.hidden()
	if v.plan.PrivateTmp != "" {
		covers = append(covers, temporary()...)
	}
	return slices.ContainsFunc(covers, func(dir string) bool { return isBelow(path, dir) })
}

func isBelow(path, dir string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}

// resolver is what /etc/resolv.conf leads to: names are still to be resolved where /run is hidden.
func resolver() []string {
	file, err := filepath.EvalSymlinks("/etc/resolv.conf")
	if err != nil {
		return nil
	}
	return []string{file, "/run/current-system"}
}

// cover lays the sandbox's own directory over /tmp, and an empty one over each that is hidden.
func (v *view) cover(r *report) error {
	if source := v.plan.PrivateTmp; source != "" {
		for _, path := range temporary() {
			if err := unix.Mount(source, path, "", unix.MS_BIND, ""); err != nil {
				return fmt.Errorf("cannot give steps a %s of their own: %w", path, err)
			}
			v.covered = append(v.covered, path)
			source = path // the other name may be covered now
		}
		r.privateTmp = true
	}
	for _, path := range v.hidden() {
		if v.isGone(path) {
			continue
		}
		if err := unix.Mount("tmpfs", path, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV, "mode=0755,size=16m"); err != nil {
			return fmt.Errorf("cannot hide %s: %w", path, err)
		}
		v.covered = append(v.covered, path)
	}
	return v.makePoints()
}

// temporary is where programs put what they do not need for long.
func temporary() []string { return resolved([]string{"/tmp", "/var/tmp"}) }

// isGone tells whether something around a path is covered already, so that the path is there no more.
func (v *view) isGone(path string) bool {
	return slices.ContainsFunc(v.covered, func(dir string) bool { return isBelow(path, dir) })
}

// makePoints makes, in what covers, the files and directories that what was taken aside will be put back to.
func (v *view) makePoints() error {
	for _, tree := range v.kept {
		if !v.isGone(tree.path) {
			continue // it is where it was
		}
		dir := tree.path
		if !tree.dir {
			dir = filepath.Dir(dir)
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("cannot keep %s: %w", tree.path, err)
		}
		if tree.dir {
			continue
		}
		file, err := os.OpenFile(tree.path, os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			return fmt.Errorf("cannot keep %s: %w", tree.path, err)
		}
		_ = file.Close() // nothing was written
	}
	return nil
}

// coverSockets hides the sockets of services that listen where nothing else hides them.
func (v *view) coverSockets(listening []string) func(*report) error {
	return func(r *report) error {
		for _, path := range listening {
			if path, err := filepath.EvalSymlinks(path); err != nil || v.isGone(path) || v.isWritable(path) {
				continue
			}
			if err := unix.Mount("/dev/null", path, "", unix.MS_BIND, ""); err != nil {
				return fmt.Errorf("cannot hide the socket %s: %w", path, err)
			}
		}
		return nil
	}
}

func (v *view) isWritable(path string) bool {
	return slices.ContainsFunc(v.plan.Writable, func(dir string) bool { return isBelow(path, dir) })
}

// protect makes read-only what steps may not write to.
func (v *view) protect(r *report) error {
	readOnly := &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY}
	if v.plan.DenyWrites {
		if err := unix.MountSetattr(unix.AT_FDCWD, "/", unix.AT_RECURSIVE, readOnly); err != nil {
			return fmt.Errorf("cannot make the file system read-only: %w", err)
		}
		r.readOnly = true
		writable := slices.DeleteFunc(slices.Clone(v.covered), func(path string) bool { return !slices.Contains(temporary(), path) })
		if v.plan.FirstProcess { // its files are the processes of the sandbox
			writable = append(writable, "/proc")
		}
		for _, path := range writable {
			if err := unix.MountSetattr(unix.AT_FDCWD, path, 0, &unix.MountAttr{Attr_clr: unix.MOUNT_ATTR_RDONLY}); err != nil {
				return fmt.Errorf("cannot keep %s writable: %w", path, err)
			}
		}
	}
	if !v.plan.Confines() {
		return nil
	}
	for _, path := range ownedByHost {
		fd, err := unix.OpenTree(unix.AT_FDCWD, path, unix.OPEN_TREE_CLONE|unix.AT_RECURSIVE|unix.OPEN_TREE_CLOEXEC)
		if err != nil {
			continue // there is no such thing here
		}
		err = errors.Join(unix.MountSetattr(fd, "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, readOnly),
			unix.MoveMount(fd, "", unix.AT_FDCWD, path, unix.MOVE_MOUNT_F_EMPTY_PATH), unix.Close(fd))
		if err != nil {
			return fmt.Errorf("cannot make %s read-only: %w", path, err)
		}
	}
	return nil
}

// putBack puts back what was taken aside, outer paths first.
func (v *view) putBack(*report) error {
	slices.SortStableFunc(v.kept, func(a, b keptTree) int { return strings.Count(a.path, "/") - strings.Count(b.path, "/") })
	for _, tree := range v.kept {
		if err := unix.MoveMount(tree.fd, "", unix.AT_FDCWD, tree.path, unix.MOVE_MOUNT_F_EMPTY_PATH); err != nil {
			return fmt.Errorf("cannot put %s back: %w", tree.path, err)
		}
	}
	return nil
}
