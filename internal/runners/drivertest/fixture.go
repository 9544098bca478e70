package drivertest

import (
	"context"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofrs/uuid/v5"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/runners"
)

// limit bounds everything that a case waits for. It is generous: only a fault needs it.
const limit = 2 * time.Minute

// daemon is the one that most cases play; stranger is another one in the same environment.
const (
	daemon   = "daemon"
	stranger = "stranger"
)

// fixture is what a case works with. At its end it destroys what the case created, and nothing may be left then.
type fixture struct {
	*testing.T
	Harness
	ctx    context.Context //nolint:containedctx // it is that of the test, with its deadline
	driver runners.Driver
	ids    []string
	// processes counts them over all sandboxes, for their ids.
	processes atomic.Int64
}

func newFixture(t *testing.T, h Harness) *fixture {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), limit)
	f := &fixture{T: t, Harness: h, ctx: ctx}
	t.Cleanup(cancel)
	f.driver = f.life(daemon)
	t.Cleanup(func() { f.checkNothingLeft() })
	return f
}

// life returns the driver of a daemon, once more.
func (f *fixture) life(daemon string) runners.Driver {
	f.Helper()
	return f.lifeOf(f.Driver, daemon)
}

func (f *fixture) lifeOf(newDriver func(t *testing.T, daemon string) runners.Driver, daemon string) runners.Driver {
	f.Helper()
	driver := newDriver(f.T, daemon)
	f.Cleanup(func() {
		if err := driver.Close(); err != nil {
			f.Errorf("Close: %v", err)
		}
	})
	return driver
}

// checkNothingLeft destroys what the case created and looks for leftovers.
func (f *fixture) checkNothingLeft() {
	f.Helper()
	for _, id := range f.ids {
		f.destroy(f.driver, id)
	}
	f.checkList(f.driver)
	if left := f.Leftovers(f.T); len(left) > 0 {
		f.Errorf("left behind: %q", left)
	}
}

// newID returns an id that is destroyed at the end of the case.
func (f *fixture) newID() string {
	id := uuid.Must(uuid.NewV7()).String()
	f.ids = append(f.ids, id)
	return id
}

// spec is what a sandbox is created from.
func (f *fixture) spec(id string) runners.Spec {
	f.Helper()
	return runners.Spec{ID: id, Progress: func(message string) { f.Logf("%s: %s", id, message) }}
}

// create creates a sandbox with the test program in it.
func (f *fixture) create() *box {
	f.Helper()
	return f.createBy(f.driver, f.newID())
}

func (f *fixture) createBy(driver runners.Driver, id string) *box {
	f.Helper()
	sandbox, err := driver.Create(f.ctx, f.spec(id))
	if err != nil {
		f.Fatalf("Create: %v", err)
	}
	b := f.open(sandbox)
	b.write(agent.File{Path: programPath, Mode: 0o755, Content: f.Program})
	return b
}

// recover finds a sandbox again.
func (f *fixture) recover(driver runners.Driver, id string) *box {
	f.Helper()
	sandbox, err := driver.Recover(f.ctx, id)
	if err != nil {
		f.Fatalf("Recover: %v", err)
	}
	return f.open(sandbox)
}

// open wraps a sandbox, and closes its connection at the end of the case.
func (f *fixture) open(sandbox *runners.Sandbox) *box {
	f.Helper()
	f.Cleanup(func() { _ = sandbox.Agent.Close() })
	return &box{f: f, Sandbox: sandbox}
}

func (f *fixture) destroy(driver runners.Driver, id string) {
	f.Helper()
	if err := driver.Destroy(f.ctx, id); err != nil {
		f.Errorf("Destroy: %v", err)
	}
}

// checkList checks that a driver lists exactly these sandboxes.
func (f *fixture) checkList(driver runners.Driver, want ...string) {
	f.Helper()
	got, err := driver.List(f.ctx)
	if err != nil {
		f.Fatalf("List: %v", err)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		f.Errorf("List = %q, want %q", got, want)
	}
}
