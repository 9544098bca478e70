package local

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/internal/agent/tree"
	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/drivertest"
)

// host is the directories of some daemons on this machine.
type host struct {
	agent string
	dir   string // short, for the sockets' sake

	mu    sync.Mutex
	ids   map[string]struct{}
	conns map[string][]net.Conn // by socket
}

func newHost(tb testing.TB) *host {
	tb.Helper()
	agent, err := buildAgent()
	if err != nil {
		tb.Fatal(err)
	}
	dir, err := os.MkdirTemp("/tmp", "local-") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			tb.Error(err)
		}
	})
	return &host{agent: agent, dir: dir, ids: make(map[string]struct{}), conns: make(map[string][]net.Conn)}
}

// options are those of a daemon's runner. Daemons share the runtime directory.
func (h *host) options(daemon string) Options {
	return Options{
		RunnerName: "local", DaemonID: h.dir + "/" + daemon, AgentPath: h.agent, Secret: []byte("0123456789abcdef"),
		StateDir: filepath.Join(h.dir, daemon), RuntimeDir: filepath.Join(h.dir, "run"), CacheDir: filepath.Join(h.dir, "cache"),
		AllowNetwork: true, AllowFileWrite: true,
	}
}

// newDriver returns a driver whose connections can be cut.
func (h *host) newDriver(tb testing.TB, o Options) *Driver {
	tb.Helper()
	d, err := New(o)
	if err != nil {
		tb.Fatal(err)
	}
	d.dialer = func(ctx context.Context, socket string) (net.Conn, error) {
		conn, err := dialUnix(ctx, socket)
		if err == nil {
			h.mu.Lock()
			defer h.mu.Unlock()
			h.conns[socket] = append(h.conns[socket], conn)
		}
		return conn, err
	}
	return d
}

// recorder remembers which sandboxes were ever created.
type recorder struct {
	*Driver
	host *host
}

// Create remembers the id.
func (r recorder) Create(ctx context.Context, spec runners.Spec) (*runners.Sandbox, error) {
	r.host.mu.Lock()
	r.host.ids[spec.ID] = struct{}{}
	r.host.mu.Unlock()
	return r.Driver.Create(ctx, spec)
}

// cut breaks the connections to an agent of the first daemon.
func (h *host) cut(id string) {
	socket := newLayout(h.options("daemon")).socket(id)
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, conn := range h.conns[socket] {
		_ = conn.Close()
	}
	delete(h.conns, socket)
}

// kill kills an agent of the first daemon, and nothing but it.
func (h *host) kill(t *testing.T, id string) {
	t.Helper()
	r, err := readRecord(newLayout(h.options("daemon")).record(id))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(r.Agent.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	handle, err := openProcess(r.Agent)
	if handle == nil {
		if err != nil {
			t.Fatal(err)
		}
		return
	}
	defer handle.Close()
	if err := handle.awaitEnd(context.WithoutCancel(t.Context()), time.Minute); err != nil {
		t.Fatal(err)
	}
}

// leftovers looks at directories, cgroups and processes.
func (h *host) leftovers(t *testing.T) []string {
	t.Helper()
	var left []string
	for _, pattern := range []string{"*/sandboxes/*/*", "run/*"} {
		found, err := filepath.Glob(filepath.Join(h.dir, pattern))
		if err != nil {
			t.Fatal(err)
		}
		left = append(left, found...)
	}
	for _, daemon := range []string{"daemon", "stranger"} {
		found, err := claimCgroups(newLayout(h.options(daemon)).owner).list()
		if err != nil {
			t.Fatal(err)
		}
		left = append(left, found...)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for id := range h.ids {
		n, err := tree.Sandbox(id).Count()
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			left = append(left, "processes of "+id)
		}
	}
	return left
}

func limit(o *Options) { o.Limits = drivertest.Limits }

func TestConformance(t *testing.T) {
	t.Parallel()
	conform(t, func(*Options) {})
}

// TestConformanceConfined is the same for a runner that confines steps by all means.
func TestConformanceConfined(t *testing.T) {
	t.Parallel()
	conform(t, deny)
}

func deny(o *Options) { o.AllowNetwork, o.AllowFileWrite = false, false }

// conform runs the conformance suite with changed options.
func conform(t *testing.T, change func(*Options)) {
	t.Helper()
	drivertest.Run(t, func(t *testing.T) drivertest.Harness {
		t.Helper()
		h := newHost(t)
		driver := func(changes ...func(*Options)) func(*testing.T, string) runners.Driver {
			return func(t *testing.T, daemon string) runners.Driver {
				t.Helper()
				o := h.options(daemon)
				for _, change := range changes {
					change(&o)
				}
				return recorder{h.newDriver(t, o), h}
			}
		}
		limited := driver(change, limit)
		if c := claimCgroups("test"); c.lacks("memory") != nil || c.lacks("cpu") != nil { // as an ordinary user has none
			limited = nil
		}
		return drivertest.Harness{
			Driver:    driver(change),
			Confined:  driver(change, deny),
			Limited:   limited,
			Program:   drivertest.Build(t, runtime.GOOS, runtime.GOARCH),
			Cut:       func(_ *testing.T, id string) { h.cut(id) },
			Kill:      h.kill,
			Leftovers: h.leftovers,
		}
	})
}
