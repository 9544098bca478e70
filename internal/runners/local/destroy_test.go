package local

import (
	"context"
	"os"
	"os/exec"
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
func createSandbox(tb testing.TB, h *host, d *Driver) *runners.Sandbox {
	tb.Helper()
	id := uuid.Must(uuid.NewV7()).String()
	h.mu.Lock()
	h.ids[id] = struct{}{}
	h.mu.Unlock()
	ctx := context.WithoutCancel(tb.Context())
	tb.Cleanup(func() {
		if err := d.Destroy(ctx, id); err != nil {
			tb.Errorf("Destroy: %v", err)
		}
	})
	sandbox, err := d.Create(ctx, runners.Spec{ID: id, Progress: func(string) {}})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = sandbox.Agent.Close() })
	return sandbox
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
