package drivertest

import (
	"context"
	"slices"
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
	Harness
	ctx    context.Context //nolint:containedctx // it is that of the test, with its deadline
	driver runners.Driver
	ids    []string
}

func newFixture(t *testing.T, h Harness) *fixture {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), limit)
	f := &fixture{Harness: h, ctx: ctx}
	t.Cleanup(cancel)
	f.driver = f.life(t, daemon)
	t.Cleanup(func() { f.checkNothingLeft(t) })
	return f
}

// life returns the driver of a daemon, once more.
func (f *fixture) life(t *testing.T, daemon string) runners.Driver {
	t.Helper()
	driver := f.Driver(t, daemon)
	t.Cleanup(func() {
		if err := driver.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return driver
}

// checkNothingLeft destroys what the case created and looks for leftovers.
func (f *fixture) checkNothingLeft(t *testing.T) {
	t.Helper()
	for _, id := range f.ids {
		f.destroy(t, f.driver, id)
	}
	f.checkList(t, f.driver)
	if left := f.Leftovers(t); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

// newID returns an id that is destroyed at the end of the case.
func (f *fixture) newID() string {
	id := uuid.Must(uuid.NewV7()).String()
	f.ids = append(f.ids, id)
	return id
}

// spec is what a sandbox is created from.
func (f *fixture) spec(t *testing.T, id string) runners.Spec {
	t.Helper()
	return runners.Spec{ID: id, Progress: func(message string) { t.Logf("%s: %s", id, message) }}
}

// create creates a sandbox with the test program in it.
func (f *fixture) create(t *testing.T) *box {
	t.Helper()
	return f.createBy(t, f.driver, f.newID())
}

func (f *fixture) createBy(t *testing.T, driver runners.Driver, id string) *box {
	t.Helper()
	sandbox, err := driver.Create(f.ctx, f.spec(t, id))
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	b := f.open(t, sandbox)
	b.write(t, agent.File{Path: programPath, Mode: 0o755, Content: f.Program})
	return b
}

// recover finds a sandbox again.
func (f *fixture) recover(t *testing.T, driver runners.Driver, id string) *box {
	t.Helper()
	sandbox, err := driver.Recover(f.ctx, id)
	if err != nil {
		t.Fatalf("Recover: %v", err)
	}
	return f.open(t, sandbox)
}

// open wraps a sandbox, and closes its connection at the end of the case.
func (f *fixture) open(t *testing.T, sandbox *runners.Sandbox) *box {
	t.Helper()
	t.Cleanup(func() { _ = sandbox.Agent.Close() })
	return &box{ctx: f.ctx, Sandbox: sandbox}
}

func (f *fixture) destroy(t *testing.T, driver runners.Driver, id string) {
	t.Helper()
	if err := driver.Destroy(f.ctx, id); err != nil {
		t.Errorf("Destroy: %v", err)
	}
}

// checkList checks that a driver lists exactly these sandboxes.
func (f *fixture) checkList(t *testing.T, driver runners.Driver, want ...string) {
	t.Helper()
	got, err := driver.List(f.ctx)
	if err != nil {
		t.Fatalf("List: %v", err)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("List = %q, want %q", got, want)
	}
}
