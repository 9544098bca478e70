package enginetest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"testing"

	"github.com/gofrs/uuid/v5"

	"github.com/clockworkd/clockwork/internal/agent/binaries"
	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/drivertest"
	"github.com/clockworkd/clockwork/internal/runners/engine"
)

// World is some daemons that use one engine. What they create is told from what others do by its name.
type World struct {
	Engine
	name   string
	create func(engine.Options) (*engine.Driver, error)
}

// NewWorld returns a world of its own on an engine that runs. create is the constructor of the driver.
func NewWorld(tb testing.TB, e Engine, create func(engine.Options) (*engine.Driver, error)) *World {
	tb.Helper()
	w := newWorld(e, create)
	w.keep(tb)
	return w
}

// NewWorldAlone is NewWorld for a test that nobody shares the engine with.
func NewWorldAlone(e Engine, create func(engine.Options) (*engine.Driver, error)) *World {
	return newWorld(e, create)
}

func newWorld(e Engine, create func(engine.Options) (*engine.Driver, error)) *World {
	return &World{Engine: e, name: uuid.Must(uuid.NewV4()).String()[:8], create: create}
}

// Part returns another world on the same engine. At the end of the test nothing of it may be left.
func (w *World) Part(tb testing.TB) *World {
	tb.Helper()
	part := newWorld(w.Engine, w.create)
	tb.Cleanup(func() {
		if left := part.Leftovers(tb); len(left) > 0 {
			tb.Errorf("left behind: %q", left)
		}
	})
	return part
}

// facts are what the engine can do.
func (w *World) facts(tb testing.TB) engine.Facts {
	tb.Helper()
	d := w.New(tb, w.Options(tb, "daemon"))
	defer d.Close()
	facts, err := d.Facts(bounded(tb))
	if err != nil {
		tb.Fatal(err)
	}
	return facts
}

// Options are those of a daemon's runner, for a test to change.
func (w *World) Options(tb testing.TB, daemon string) engine.Options {
	tb.Helper()
	return engine.Options{
		RunnerName: "test", DaemonID: w.name + "-" + daemon, Secret: []byte("0123456789abcdef"), Agents: agents(tb),
		Settings:     engine.Settings{Host: w.Host, Image: "clockwork.test/shell:test", PullPolicy: engine.PullNever},
		AllowNetwork: true, AllowFileWrite: true,
	}
}

// New returns a driver.
func (w *World) New(tb testing.TB, o engine.Options) *engine.Driver {
	tb.Helper()
	d, err := w.create(o)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// Conformance runs the suite of all drivers.
func Conformance(t *testing.T, e Engine, create func(engine.Options) (*engine.Driver, error)) {
	t.Helper()
	drivertest.Run(t, func(t *testing.T) drivertest.Harness {
		t.Helper()
		w := NewWorld(t, e, create)
		var limited func(t *testing.T, daemon string) runners.Driver
		if w.facts(t).MemoryLimit {
			limited = func(t *testing.T, daemon string) runners.Driver {
				t.Helper()
				o := w.Options(t, daemon)
				o.Limits = drivertest.Limits
				return w.New(t, o)
			}
		}
		return drivertest.Harness{
			Limited: limited,
			Driver: func(t *testing.T, daemon string) runners.Driver {
				t.Helper()
				return w.New(t, w.Options(t, daemon))
			},
			Confined: func(t *testing.T, daemon string) runners.Driver {
				t.Helper()
				o := w.Options(t, daemon)
				o.AllowNetwork, o.AllowFileWrite = false, false
				return w.New(t, o)
			},
			Program:   drivertest.Build(t, "linux", runtime.GOARCH),
			Cut:       func(t *testing.T, id string) { t.Helper(); w.Cut(t, id) },
			Kill:      func(t *testing.T, id string) { t.Helper(); w.Kill(t, id) },
			Leftovers: func(t *testing.T) []string { t.Helper(); return w.Leftovers(t) },
		}
	})
}

// agents returns the agents of this source tree. They are built once per process.
func agents(tb testing.TB) *binaries.Set {
	tb.Helper()
	dir, err := built()
	if err != nil {
		tb.Fatal(err)
	}
	return binaries.In(dir)
}

// hostAgent is that for this machine.
func hostAgent(tb testing.TB) binaries.Binary {
	tb.Helper()
	program, err := agents(tb).Find("linux", runtime.GOARCH)
	if err != nil {
		tb.Fatal(err)
	}
	return program
}

// built builds the agent for this machine. The directory is left to the system's cleaning of temporary files: tests of a package
// have no common end.
var built = sync.OnceValues(func() (string, error) {
	if dir := os.Getenv("CLOCKWORK_TEST_BIN"); dir != "" {
		return dir, nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(cache, "clockwork-enginetest")
	build := exec.CommandContext(context.Background(), "go", "build", "-trimpath", "-tags", "grpcnotrace", "-ldflags=-s -w",
		"-o", filepath.Join(dir, "clockwork-agent"), "github.com/clockworkd/clockwork/cmd/clockwork-agent")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	build.Stderr = os.Stderr
	return dir, build.Run()
})
