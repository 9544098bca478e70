package executor_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"go.uber.org/goleak"
	"go.uber.org/zap/zaptest"

	"github.com/clockworkd/clockwork/internal/executor"
	"github.com/clockworkd/clockwork/internal/journal"
	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/fake"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m)
}

// patience is how long a test waits for what must happen.
const patience = 30 * time.Second

// daemon is an executor with a real journal and a fake world of sandboxes, which outlives it.
type daemon struct {
	*executor.Executor
	t        *testing.T
	dir      string
	world    *fake.World
	options  runners.Options
	bounds   executor.Options
	journal  *journal.Journal
	disk     *disk
	registry *runners.Registry
}

// start returns a running daemon; the test stops it at its end.
func start(t *testing.T, adjust ...func(*daemon)) *daemon {
	t.Helper()
	d := &daemon{
		t: t, dir: t.TempDir(), world: fake.NewWorld(t.TempDir()),
		options: runners.DefaultOptions(), bounds: executor.DefaultOptions(), disk: newDisk(),
	}
	d.options.Grace = time.Second
	for _, change := range adjust {
		change(d)
	}
	d.boot()
	t.Cleanup(func() {
		d.down()
		if left := d.world.Leftovers(); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
	return d
}

// boot starts the daemon on what its journal and its world hold.
func (d *daemon) boot() {
	d.t.Helper()
	log := zaptest.NewLogger(d.t)
	ctx := context.Background()
	var err error
	if d.journal, err = journal.Open(ctx, journal.Options{Dir: d.dir, Logger: log}); err != nil {
		d.t.Fatal(err)
	}
	runner, err := runners.New(runners.Config{Name: "fake", Type: "fake", Options: d.options}, d.world.Driver("daemon"), log)
	if err != nil {
		d.t.Fatal(err)
	}
	if d.registry, err = runners.NewRegistry("", runner); err != nil {
		d.t.Fatal(err)
	}
	d.Executor = executor.New(fragile{d.journal, d.disk}, d.registry, d.bounds, log)
	taken, err := d.Recover(ctx)
	if err != nil {
		d.t.Fatal(err)
	}
	d.registry.Start(func(_ *runners.Runner, id string) bool { return taken[id] })
}

// crash ends the daemon as a kill does, as far as anybody outside can tell.
func (d *daemon) crash() {
	d.Close()
	if err := d.registry.Close(); err != nil {
		d.t.Error(err)
	}
	if err := d.journal.Close(); err != nil {
		d.t.Error(err)
	}
}

// down ends the daemon in order.
func (d *daemon) down() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := d.Drain(ctx); err != nil {
		d.t.Errorf("executions still run at the end: %v", err)
	}
	if err := d.registry.Drain(ctx); err != nil {
		d.t.Error(err)
	}
	d.crash()
}

// submit executes a request without waiting for its end.
func (d *daemon) submit(request *clockworkv1.ExecuteBundleRequest) string {
	d.t.Helper()
	id, err := d.Execute(d.t.Context(), "tester", request)
	if err != nil {
		d.t.Fatal(err)
	}
	return id
}

// wait returns all events of an execution, once it has ended.
func (d *daemon) wait(id string) []*clockworkv1.Event {
	d.t.Helper()
	return d.until(id, func(*clockworkv1.Event) bool { return false })
}

// until follows an execution to the first event that is wanted, or to its end.
func (d *daemon) until(id string, wanted func(*clockworkv1.Event) bool) []*clockworkv1.Event {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), patience)
	defer cancel()
	var events []*clockworkv1.Event
	for event, err := range d.journal.Follow(ctx, id, 0) {
		if err != nil {
			d.t.Fatalf("after %d events: %v", len(events), err)
		}
		events = append(events, event)
		if event.GetSequence() != uint64(len(events)) {
			d.t.Fatalf("event %d has sequence %d", len(events), event.GetSequence())
		}
		if wanted(event) {
			break
		}
	}
	return events
}

// finished returns how an execution ended, once it has.
func (d *daemon) finished(id string) journal.Execution {
	d.t.Helper()
	d.wait(id)
	execution, err := d.journal.Get(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	return execution
}

// started tells whether an event is the start of a step.
func started(name string) func(*clockworkv1.Event) bool {
	return func(event *clockworkv1.Event) bool { return event.GetStepStarted().GetName() == name }
}

// step returns a step that runs a program of the fake world under its own name.
func step(name string, adjust ...func(*clockworkv1.Step)) *clockworkv1.Step {
	s := &clockworkv1.Step{Purpose: name, Run: &clockworkv1.Run{Cmd: []string{name}}}
	for _, change := range adjust {
		change(s)
	}
	return s
}

func needs(names ...string) func(*clockworkv1.Step) {
	return func(s *clockworkv1.Step) { s.Needs = names }
}

func request(steps ...*clockworkv1.Step) *clockworkv1.ExecuteBundleRequest {
	return &clockworkv1.ExecuteBundleRequest{Bundle: &clockworkv1.ArtifactBundle{Version: "1", Steps: steps}}
}

// statuses renders how the steps ended, in their order.
func statuses(execution journal.Execution) string {
	text := ""
	for _, s := range execution.Steps {
		text += fmt.Sprintf("%s=%s ", s.Name, s.Status.String()[len("STEP_STATUS_"):])
	}
	return text
}
