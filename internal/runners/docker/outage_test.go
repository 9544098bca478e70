package docker

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/internal/runners/engine/enginetest"
)

// An engine that keeps its containers while it is away takes no step with it, however it went.
func TestLiveRestore(t *testing.T) {
	t.Parallel()
	own := enginetest.StartDocker(t, "--live-restore")
	for name, end := range map[string]func(testing.TB){"killed": own.Kill, "restarted": own.Stop} {
		t.Log(name)
		enginetest.Survives(t, enginetest.NewWorldAlone(own.Engine, New).Part(t), func() { end(t); own.Start(t) })
	}
}

// Another engine ends its containers with itself; the steps are lost and say so.
func TestRestart(t *testing.T) {
	t.Parallel()
	own := enginetest.StartDocker(t)
	for name, end := range map[string]func(testing.TB){"killed": own.Kill, "restarted": own.Stop} {
		t.Log(name)
		enginetest.Lost(t, enginetest.NewWorldAlone(own.Engine, New).Part(t), "its container", func() { end(t); own.Start(t) })
	}
}

// On a disk that is full a step fails, as its program says; a sandbox that has no room is refused with the reason.
func TestFullDisk(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("/tmp", "cw-disk-") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", dir).CombinedOutput(); err != nil {
		t.Fatalf("cannot make a small disk: %v: %s", err, out)
	}
	t.Cleanup(func() {
		_ = exec.Command("umount", "-l", dir).Run() // the directory is not removed if it fails
		_ = os.Remove(dir)
	})
	own := enginetest.StartDocker(t, "--data-root", dir)
	w := enginetest.NewWorldAlone(own.Engine, New).Part(t)
	b := w.Box(t, nil)
	got := b.Run(t, "/bin/sh", "-c", "dd if=/dev/zero of=file bs=1M count=100")
	if got.ExitCode == nil || got.GetExitCode() == 0 || !strings.Contains(got.Stderr, "No space left on device") {
		t.Errorf("it ended as %v and says %q, want that there is no space", got.Exited, got.Stderr)
	}
	if _, err := w.Try(t, enginetest.NewID(), nil); err == nil || !strings.Contains(err.Error(), "no space left on device") {
		t.Errorf("Create: %v, want that there is no space", err)
	}
}
