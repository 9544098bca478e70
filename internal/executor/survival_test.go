package executor_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/clockworkd/clockwork/internal/journal"
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
	d := start(t, withoutSpares)
	d.world.Program("slow", printAndHang)
	id := d.submit(request(step("slow", inEnv), step("next")))
	d.until(id, printed)
	d.crashAndLose(id)
	d.boot()
	execution := d.finished(id)
	if got := statuses(execution); execution.Status != clockworkv1.ExecutionStatus_EXECUTION_STATUS_LOST || got != "slow=LOST next=SKIPPED " {
		t.Errorf("%s: %s", execution.Status, got)
	}
	wantKnown(t, execution.Steps[0].Result)
}

// withoutSpares has no sandbox but the one of the execution.
func withoutSpares(d *daemon) { d.options.Pool.Warm = 0 }

// printAndHang prints something to both streams, and never ends by itself.
func printAndHang(ctx context.Context, p *fake.Process) int {
	_, _ = io.WriteString(p.Stderr, "to stderr")
	_, _ = io.WriteString(p.Stdout, "so far")
	<-ctx.Done()
	return 0
}

// printed tells whether an event is the last output of printAndHang.
func printed(event *clockworkv1.Event) bool { return string(event.GetOutput().GetData()) == "so far" }

func inEnv(s *clockworkv1.Step) { s.Run.Env = map[string]string{"KEY": "value"} }

// wantKnown fails the test unless a result has what is known of an attempt of printAndHang whose end nobody saw.
func wantKnown(t *testing.T, result *clockworkv1.ExecutionResult) {
	t.Helper()
	if string(result.GetStdout()) != "so far" || result.GetStdoutBytes() != 6 || string(result.GetStderr()) != "to stderr" || result.GetStderrBytes() != 9 {
		t.Errorf("its output is %q (%d bytes) and %q (%d bytes)",
			result.GetStdout(), result.GetStdoutBytes(), result.GetStderr(), result.GetStderrBytes())
	}
	if result.GetEnvironmentVars()["KEY"] != "value" || len(result.GetCommand()) != 1 || result.GetStartTime() == nil || result.ExitCode != nil ||
		result.GetResourceUsage().GetPhases().GetProvision() == nil {
		t.Errorf("got %v", result)
	}
}

// A step that is tried again after a loss, or was, when the daemon went down is not forgotten either.
func TestRestartKnowsTheLastAttempt(t *testing.T) {
	t.Parallel()
	d := start(t, withoutSpares)
	d.world.Program("flaky", fake.Print("so far", "to stderr", 75))
	id := d.submit(request(step("flaky", inEnv, func(s *clockworkv1.Step) {
		s.Retry = &clockworkv1.Retry{MaxAttempts: 2, InitialDelay: durationpb.New(time.Hour), MaxDelay: durationpb.New(time.Hour)}
	})))
	d.until(id, func(event *clockworkv1.Event) bool { return event.GetRetrying() != nil })
	d.crash()
	d.boot()
	if err := d.Cancel(t.Context(), id, "", ""); err != nil {
		t.Fatal(err)
	}
	result := d.finished(id).Steps[0].Result
	if result.GetStatus() != clockworkv1.StepStatus_STEP_STATUS_CANCELLED {
		t.Errorf("it ended as %v", result.GetStatus())
	}
	wantKnown(t, result)
}

// An execution whose output is damaged on the disk ends, and says why. What ran in its sandbox is ended.
func TestRestartEndsWhatIsDamaged(t *testing.T) {
	t.Parallel()
	d := start(t, withoutSpares)
	var stopped atomic.Bool
	d.world.Program("first", fake.Print("first", "", 0))
	d.world.Program("slow", func(ctx context.Context, p *fake.Process) int {
		printAndHang(ctx, p)
		stopped.Store(true)
		return 0
	})
	id := d.submit(request(step("first"), step("slow"), step("next")))
	d.until(id, printed)
	d.crash()
	if err := os.Remove(filepath.Join(d.dir, "output", id[len(id)-2:], id)); err != nil {
		t.Fatal(err)
	}
	d.boot()
	for !d.ended(id) {
		runtime.Gosched()
	}
	execution, err := d.journal.Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	if got := statuses(execution); execution.Status != clockworkv1.ExecutionStatus_EXECUTION_STATUS_LOST || got != "first=SUCCESS slow=LOST next=SKIPPED " {
		t.Errorf("%s: %s", execution.Status, got)
	}
	if message := execution.Steps[1].Result.GetErrorMessage(); !strings.Contains(message, "output is damaged") {
		t.Errorf("the message is %q", message)
	}
	if !stopped.Load() {
		t.Error("the step still runs")
	}
	for _, err := range d.journal.Follow(t.Context(), id, 0) {
		if err != nil && !errors.Is(err, journal.ErrDataLoss) {
			t.Errorf("watching ends with %v", err)
		}
	}
}

// ended tells whether an execution has, without reading its events.
func (d *daemon) ended(id string) bool {
	d.t.Helper()
	execution, err := d.journal.Get(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	return execution.Summary != nil
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
