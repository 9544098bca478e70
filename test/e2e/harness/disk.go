package harness

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
)

// disk is a file system of a size of its own, which one daemon and its sandboxes see. It is mounted in a namespace that a process holds,
// and ends with that one and all that it was shown to.
type disk struct {
	path, size string
	holder     *Command
	namespaces []string // options of unshare(1) and nsenter(1)
}

// mountAndHold mounts a disk of the size $1 on $2, says so, and waits to be killed.
const mountAndHold = `mkdir -p "$2" && mount -t tmpfs -o "size=$1,mode=700" e2e "$2" && echo mounted && exec sleep infinity`

func newDisk(t *testing.T, size, path string) *disk {
	t.Helper()
	d := &disk{path: path, size: size, namespaces: []string{"--mount"}}
	become := d.namespaces
	if os.Geteuid() != 0 {
		d.namespaces = append(d.namespaces, "--user", "--preserve-credentials")
		become = []string{"--mount", "--user", "--map-root-user"}
	}
	if out, err := exec.Command("unshare", slices.Concat(become, []string{"true"})...).CombinedOutput(); err != nil {
		Missing(t, "needs unshare and a mount namespace: %v %s", err, out)
	}
	d.holder = Start(t, exec.Command("unshare", slices.Concat(become, []string{"sh", "-c", mountAndHold, "sh", size, path})...))
	d.holder.AwaitStdout(t, "mounted")
	return d
}

// command has a command see the disk.
func (d *disk) command(cmd *exec.Cmd) *exec.Cmd {
	enter := slices.Concat([]string{"--target", strconv.Itoa(d.holder.PID())}, d.namespaces, cmd.Args)
	inside := exec.Command("nsenter", enter...)
	inside.Env, inside.Dir = cmd.Env, cmd.Dir
	return inside
}

// seen is where somebody outside finds what lies on the disk.
func (d *disk) seen() string {
	return filepath.Join("/proc", strconv.Itoa(d.holder.PID()), "root", d.path)
}

// resize gives the disk another size, and tells whether what is on it fits. The options that the mount table shows are left out: the owner in
// them has another number within a user namespace.
func (d *disk) resize(size string) bool {
	return d.command(exec.Command("mount", "--options-mode", "ignore", "-o", "remount,size="+size, "e2e", d.path)).Run() == nil
}

// FillDisk leaves no room on the daemon's disk, by making it as small as what is on it.
func (d *Daemon) FillDisk(t *testing.T) {
	t.Helper()
	Eventually(t, Patience, "a disk that is full", func() bool {
		var usage syscall.Statfs_t
		if err := syscall.Statfs(d.disk.seen(), &usage); err != nil {
			t.Fatal(err)
		}
		return d.disk.resize(strconv.FormatUint((usage.Blocks-usage.Bfree)*uint64(usage.Bsize), 10))
	})
}

// FreeDisk gives the disk the room again that it had at first.
func (d *Daemon) FreeDisk(t *testing.T) {
	t.Helper()
	if !d.disk.resize(d.disk.size) {
		t.Fatalf("cannot give %s its size of %s again", d.disk.path, d.disk.size)
	}
}

// StatePath is where the test itself finds something of the daemon's state directory, which may be mounted for the daemon alone.
func (d *Daemon) StatePath(elements ...string) string {
	dir := d.StateDir
	if d.disk != nil {
		dir = d.disk.seen()
	}
	return filepath.Join(append([]string{dir}, elements...)...)
}
