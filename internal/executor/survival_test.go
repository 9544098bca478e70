package executor_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/clockworkd/clockwork/internal/runners/fake"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func TestLostSandbox(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		on    []*structpb.Value
		steps string
	}{
		"is lost":                       {nil, "fragile=LOST next=SKIPPED "},
		"is replaced for those who ask": {[]*structpb.Value{structpb.NewStringValue("lost")}, "fragile=SUCCESS next=SUCCESS "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := start(t, func(d *daemon) { d.options.Pool.Warm = 0 })
			var tries atomic.Int32
			running := make(chan struct{})
			d.world.Program("fragile", func(ctx context.Context, _ *fake.Process) int {
				if tries.Add(1) == 1 {
					close(running)
					<-ctx.Done()
				}
				return 0
			})
			d.world.Program("next", fake.Exit(0))
			id := d.submit(request(step("fragile", func(s *clockworkv1.Step) {
				s.Retry = &clockworkv1.Retry{MaxAttempts: 2, InitialDelay: durationpb.New(time.Millisecond), On: test.on}
			}), step("next")))
			<-running
			d.loseSandbox(id)
			execution := d.finished(id)
			if got := statuses(execution); got != test.steps {
				t.Errorf("%s: %s", execution.Status, got)
			}
		})
	}
}

// loseSandbox has the sandbox of an execution vanish, once it has one.
func (d *daemon) loseSandbox(id string) {
	d.t.Helper()
	execution, err := d.journal.Get(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	d.world.Driver("daemon").Lose(execution.Sandbox.ID)
}

func TestRestartTakesUpWhatRuns(t *testing.T) {
	t.Parallel()
	d := start(t)
	proceed := make(chan struct{})
	var runs atomic.Int32
	d.world.Program("long", func(ctx context.Context, p *fake.Process) int {
		runs.Add(1)
		for i := range 400 {
			_, _ = fmt.Fprintf(p.Stdout, "line %d\n", i)
			if i == 200 {
				select {
				case <-proceed:
				case <-ctx.Done():
				}
			}
		}
		return 7
	})
	id := d.submit(request(step("long")))
	d.until(id, func(event *clockworkv1.Event) bool { return event.GetOutput() != nil })
	for range 3 {
		d.crash()
		d.boot()
	}
	close(proceed)
	want := ""
	for i := range 400 {
		want += fmt.Sprintf("line %d\n", i)
	}
	got := ""
	for _, event := range d.wait(id) {
		got += string(event.GetOutput().GetData())
	}
	execution := d.finished(id)
	result := execution.Steps[0].Result
	if got != want || string(result.GetStdout()) != want {
		t.Errorf("%d bytes of output and a tail of %d, want %d of both", len(got), len(result.GetStdout()), len(want))
	}
	if runs.Load() != 1 || result.GetExitCode() != 7 || result.GetStatus() != clockworkv1.StepStatus_STEP_STATUS_FAILED {
		t.Errorf("%d runs, %v", runs.Load(), result)
	}
}

func TestRestartKnowsWhatWasLostMeanwhile(t *testing.T) {
	t.Parallel()
	d := start(t)
	d.world.Program("slow", fake.Sleep(time.Hour))
	id := d.submit(request(step("slow"), step("next")))
	d.until(id, started("slow"))
	d.crashAndLose(id)
	d.boot()
	execution := d.finished(id)
	if got := statuses(execution); execution.Status != clockworkv1.ExecutionStatus_EXECUTION_STATUS_LOST || got != "slow=LOST next=SKIPPED " {
		t.Errorf("%s: %s", execution.Status, got)
	}
}

func (d *daemon) crashAndLose(id string) {
	d.t.Helper()
	execution, err := d.journal.Get(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	d.crash()
	d.world.Driver("daemon").Lose(execution.Sandbox.ID)
}

func TestCancelBetweenAttemptsKeepsWhatTheLastOneWas(t *testing.T) {
	t.Parallel()
	d := start(t)
	d.world.Program("flaky", fake.Print("tried", "", 75))
	id := d.submit(request(step("flaky", func(s *clockworkv1.Step) {
		s.Retry = &clockworkv1.Retry{MaxAttempts: 2, InitialDelay: durationpb.New(time.Hour), MaxDelay: durationpb.New(time.Hour)}
	})))
	d.until(id, func(event *clockworkv1.Event) bool { return event.GetRetrying() != nil })
	if err := d.Cancel(t.Context(), id, "", ""); err != nil {
		t.Fatal(err)
	}
	result := d.finished(id).Steps[0].Result
	if result.GetStatus() != clockworkv1.StepStatus_STEP_STATUS_CANCELLED || string(result.GetStdout()) != "tried" || result.GetExitCode() != 75 {
		t.Errorf("got %v", result)
	}
}
