package local

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"github.com/clockworkd/clockwork/internal/runners"
)

func pidText(pid int) string { return strconv.Itoa(pid) }

// createSandbox creates a sandbox that is destroyed with the test. Its id is its own: processes are found by it.
func createSandbox(t *testing.T, h *host, d *Driver) *runners.Sandbox {
	t.Helper()
	id := uuid.Must(uuid.NewV7()).String()
	h.mu.Lock()
	h.ids[id] = struct{}{}
	h.mu.Unlock()
	ctx := context.WithoutCancel(t.Context())
	t.Cleanup(func() {
		if err := d.Destroy(ctx, id); err != nil {
			t.Errorf("Destroy: %v", err)
		}
	})
	sandbox, err := d.Create(ctx, runners.Spec{ID: id, Progress: func(string) {}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sandbox.Agent.Close() })
	return sandbox
}

func TestRemoveTreeFollowsNoLink(t *testing.T) {
	t.Parallel()
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.MkdirAll(outside, 0o500); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "sandbox")
	deep := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{filepath.Join(dir, "link"), filepath.Join(deep, "link")} {
		if err := os.Symlink(outside, link); err != nil {
			t.Fatal(err)
		}
	}
	for _, closed := range []string{deep, filepath.Dir(deep)} {
		if err := os.Chmod(closed, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := removeTree(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
	if info, err := os.Stat(outside); err != nil || info.Mode().Perm() != 0o500 {
		t.Errorf("what a link leads to has changed: %v, %v", info, err)
	}
}

func TestMakeWritableLetsUsIn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	deep := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, closed := range []string{deep, filepath.Dir(deep)} {
		if err := os.Chmod(closed, 0); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := makeWritable(root, "a"); err != nil {
		t.Fatal(err)
	}
	for _, opened := range []string{deep, filepath.Dir(deep)} {
		if info, err := os.Stat(opened); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s is %v, %v; want mode 0700", opened, info, err)
		}
	}
}

func TestMountPointsAreFound(t *testing.T) {
	t.Parallel()
	for dir, want := range map[string]string{"/proc": "/proc", t.TempDir(): ""} {
		if got, err := mountBelow(dir); got != want || err != nil {
			t.Errorf("mountBelow(%s) = %q, %v; want %q", dir, got, err, want)
		}
	}
	if got := unescape(`/a\040b\134c\9`); got != `/a b\c\9` {
		t.Errorf("unescape = %q", got)
	}
}

func TestAnotherProcessWithTheSameIDIsSpared(t *testing.T) {
	t.Parallel()
	cmd := exec.Command("sleep", "1000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var waited sync.WaitGroup
	waited.Go(func() { _ = cmd.Wait() })
	defer waited.Wait()
	defer cmd.Process.Kill() //nolint:errcheck // it may have ended
	is, err := identify(cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	was := process{PID: is.PID, Start: is.Start - 1}
	if err := was.end(t.Context(), 0); err != nil {
		t.Errorf("end: %v", err)
	}
	if now, err := identify(is.PID); err != nil || now != is {
		t.Errorf("it was killed: %v, %v", now, err)
	}
	if err := is.end(t.Context(), 0); err != nil {
		t.Errorf("end: %v", err)
	}
}

func TestDestroyWithoutARecord(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	d := h.newDriver(t, h.options("daemon"))
	defer d.Close()
	sandbox := createSandbox(t, h, d)
	_ = sandbox.Agent.Close()
	if err := os.WriteFile(d.layout.record(sandbox.ID), nil, 0o600); err != nil { // the daemon was killed while it wrote
		t.Fatal(err)
	}
	if err := os.Remove(d.layout.socket(sandbox.ID)); err != nil {
		t.Fatal(err)
	}
	if err := d.Destroy(t.Context(), sandbox.ID); err != nil {
		t.Fatal(err)
	}
	if left := h.leftovers(t); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestListFindsWhatOnlyTheRuntimeDirHas(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	d := h.newDriver(t, h.options("daemon"))
	defer d.Close()
	sandbox := createSandbox(t, h, d)
	if err := os.RemoveAll(d.layout.sandboxDir(sandbox.ID)); err != nil {
		t.Fatal(err)
	}
	ids, err := d.List(t.Context())
	if err != nil || !slices.Equal(ids, []string{sandbox.ID}) {
		t.Errorf("List = %q, %v; want %s", ids, err, sandbox.ID)
	}
	if err := d.Destroy(t.Context(), sandbox.ID); err != nil {
		t.Fatal(err)
	}
	if left := h.leftovers(t); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestAStoppedAgentIsDestroyed(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	d := h.newDriver(t, h.options("daemon"))
	defer d.Close()
	sandbox := createSandbox(t, h, d)
	r, err := readRecord(d.layout.record(sandbox.ID))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(r.Agent.PID, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := d.Destroy(t.Context(), sandbox.ID); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 10*shutdownTimeout {
		t.Errorf("it took %v", took)
	}
	if left := h.leftovers(t); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestLocksGiveUpWithTheirContext(t *testing.T) {
	t.Parallel()
	var l locks
	unlock, err := l.lock(t.Context(), "one")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.lock(ctx, "one"); !errors.Is(err, context.Canceled) {
		t.Errorf("lock: %v, want that of its context", err)
	}
	other, err := l.lock(ctx, "two")
	if err != nil {
		t.Fatal(err)
	}
	other()
	unlock()
	again, err := l.lock(t.Context(), "one")
	if err != nil {
		t.Fatal(err)
	}
	again()
}
