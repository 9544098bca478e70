package executor_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/clockworkd/clockwork/internal/bundle"
	"github.com/clockworkd/clockwork/internal/executor"
	"github.com/clockworkd/clockwork/internal/journal"
	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/fake"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func TestStepsRunInOrderAndStopAtTheFirstFailure(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		adjust func(*clockworkv1.ExecuteBundleRequest)
		status clockworkv1.ExecutionStatus
		steps  string
	}{
		"by default": {
			func(*clockworkv1.ExecuteBundleRequest) {}, clockworkv1.ExecutionStatus_EXECUTION_STATUS_FAILED,
			"ok=SUCCESS bad=FAILED after=SKIPPED ",
		},
		"keep going": {
			func(r *clockworkv1.ExecuteBundleRequest) { r.KeepGoing = true }, clockworkv1.ExecutionStatus_EXECUTION_STATUS_FAILED,
			"ok=SUCCESS bad=FAILED after=SUCCESS ",
		},
		"continue on error": {
			func(r *clockworkv1.ExecuteBundleRequest) { r.Bundle.Steps[1].ContinueOnError = true },
			clockworkv1.ExecutionStatus_EXECUTION_STATUS_SUCCESS,
			"ok=SUCCESS bad=FAILED after=SUCCESS ",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := start(t)
			d.world.Program("ok", fake.Print("out", "err", 0))
			d.world.Program("bad", fake.Exit(7))
			d.world.Program("after", fake.Exit(0))
			r := request(step("ok"), step("bad"), step("after"))
			test.adjust(r)
			execution := d.finished(d.submit(r))
			if execution.Status != test.status || statuses(execution) != test.steps {
				t.Errorf("%s: %s", execution.Status, statuses(execution))
			}
			first := execution.Steps[0].Result
			if string(first.GetStdout()) != "out" || string(first.GetStderr()) != "err" || first.ExitCode == nil || first.GetExitCode() != 0 {
				t.Errorf("the first step's result: %v", first)
			}
			if code := execution.Steps[1].Result.ExitCode; code == nil || *code != 7 {
				t.Errorf("the second step's exit code: %v", code)
			}
		})
	}
}

func TestGraphRunsIndependentStepsAtOnce(t *testing.T) {
	t.Parallel()
	d := start(t)
	left, right := make(chan struct{}), make(chan struct{})
	meet := func(here, there chan struct{}) fake.Program {
		return func(ctx context.Context, _ *fake.Process) int {
			close(here)
			select {
			case <-there:
				return 0
			case <-ctx.Done():
				return 1
			}
		}
	}
	d.world.Program("left", meet(left, right))
	d.world.Program("right", meet(right, left))
	d.world.Program("join", fake.Exit(0))
	execution := d.finished(d.submit(request(step("join", needs("left", "right")), step("left"), step("right"))))
	if got := statuses(execution); got != "join=SUCCESS left=SUCCESS right=SUCCESS " {
		t.Error(got)
	}
}

func TestGraphSkipsWhatNeedsAFailure(t *testing.T) {
	t.Parallel()
	d := start(t)
	d.world.Program("bad", fake.Exit(1))
	d.world.Program("dependent", fake.Exit(0))
	d.world.Program("further", fake.Exit(0))
	d.world.Program("free", fake.Exit(0))
	r := request(step("bad"), step("dependent", needs("bad")), step("further", needs("dependent")), step("free"))
	r.KeepGoing = true
	execution := d.finished(d.submit(r))
	if got := statuses(execution); got != "bad=FAILED dependent=SKIPPED further=SKIPPED free=SUCCESS " {
		t.Error(got)
	}
	want := `it needs step "bad", which did not succeed: failed`
	if got := execution.Steps[1].Result.GetErrorMessage(); got != want {
		t.Errorf("skipped because %q, want %q", got, want)
	}
}

func TestRetryCountsAttempts(t *testing.T) {
	t.Parallel()
	d := start(t)
	var tries atomic.Int32
	d.world.Program("flaky", func(context.Context, *fake.Process) int {
		if tries.Add(1) < 3 {
			return 75
		}
		return 0
	})
	execution := d.finished(d.submit(request(step("flaky", func(s *clockworkv1.Step) {
		s.Retry = &clockworkv1.Retry{
			MaxAttempts: 5, InitialDelay: durationpb.New(time.Millisecond), On: []*structpb.Value{structpb.NewNumberValue(75)},
		}
	}))))
	result := execution.Steps[0].Result
	if result.GetStatus() != clockworkv1.StepStatus_STEP_STATUS_SUCCESS || result.GetRetryCount() != 2 || tries.Load() != 3 {
		t.Errorf("%s after %d retries and %d tries", result.GetStatus(), result.GetRetryCount(), tries.Load())
	}
	if execution.Summary.GetTotalRetries() != 2 {
		t.Errorf("the summary counts %d retries", execution.Summary.GetTotalRetries())
	}
}

func TestTimeouts(t *testing.T) {
	t.Parallel()
	for name, adjust := range map[string]func(*clockworkv1.ExecuteBundleRequest){
		"of the step": func(r *clockworkv1.ExecuteBundleRequest) {
			r.Bundle.Steps[0].Timeout = durationpb.New(50 * time.Millisecond)
		},
		"of each step":         func(r *clockworkv1.ExecuteBundleRequest) { r.StepTimeout = durationpb.New(50 * time.Millisecond) },
		"of the execution":     func(r *clockworkv1.ExecuteBundleRequest) { r.Timeout = durationpb.New(500 * time.Millisecond) },
		"of a queued one, too": func(r *clockworkv1.ExecuteBundleRequest) { r.Timeout = durationpb.New(time.Nanosecond) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := start(t)
			d.world.Program("slow", fake.Sleep(time.Hour))
			r := request(step("slow"), step("next"))
			adjust(r)
			execution := d.finished(d.submit(r))
			if got := statuses(execution); execution.Status != clockworkv1.ExecutionStatus_EXECUTION_STATUS_TIMEOUT || got != "slow=TIMEOUT next=SKIPPED " {
				t.Errorf("%s: %s", execution.Status, got)
			}
		})
	}
}

func TestCancelEndsWhatRuns(t *testing.T) {
	t.Parallel()
	d := start(t)
	d.world.Program("slow", fake.Sleep(time.Hour))
	id := d.submit(request(step("slow"), step("next")))
	d.until(id, started("slow"))
	for range 2 { // the second one changes nothing
		if err := d.Cancel(t.Context(), id, "alice", "wrong button"); err != nil {
			t.Fatal(err)
		}
	}
	execution := d.finished(id)
	if got := statuses(execution); execution.Status != clockworkv1.ExecutionStatus_EXECUTION_STATUS_CANCELLED || got != "slow=CANCELLED next=SKIPPED " {
		t.Errorf("%s: %s", execution.Status, got)
	}
	if want := "cancelled by alice: wrong button"; execution.Error != want {
		t.Errorf("error %q, want %q", execution.Error, want)
	}
	if err := d.Cancel(t.Context(), id, "alice", ""); err != nil {
		t.Errorf("cancelling what has ended: %v", err)
	}
	if err := d.Cancel(t.Context(), "nobody", "alice", ""); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("cancelling what never was: %v", err)
	}
}

func TestQueue(t *testing.T) {
	t.Parallel()
	d := start(t, func(d *daemon) {
		d.options.Pool = runners.PoolOptions{Max: 1, IdleTimeout: time.Minute}
		d.bounds.MaxQueued = 1
	})
	d.world.Program("slow", fake.Sleep(time.Hour))
	first := d.submit(request(step("slow")))
	d.until(first, started("slow"))
	second := d.submit(request(step("slow")))
	if _, err := d.Execute(t.Context(), "tester", request(step("slow"))); !errors.Is(err, executor.ErrQueueFull) {
		t.Errorf("a third execution: %v", err)
	}
	if got, want := d.Load(), (executor.Load{Live: 2, Queued: 1, MaxQueued: 1}); got != want {
		t.Errorf("the load is %+v, want %+v", got, want)
	}
	for _, id := range []string{second, first} {
		if err := d.Cancel(t.Context(), id, "", ""); err != nil {
			t.Fatal(err)
		}
		execution := d.finished(id)
		if got := statuses(execution); got != "slow=CANCELLED " || execution.Status != clockworkv1.ExecutionStatus_EXECUTION_STATUS_CANCELLED {
			t.Errorf("%s: %s", execution.Status, got)
		}
	}
}

func TestNoSandboxIsAnError(t *testing.T) {
	t.Parallel()
	d := start(t, func(d *daemon) { d.options.Pool.Warm = 0 })
	d.world.FailCreate(errors.New("no such image"))
	execution := d.finished(d.submit(request(step("a"), step("b"))))
	if got := statuses(execution); execution.Status != clockworkv1.ExecutionStatus_EXECUTION_STATUS_ERROR || got != "a=ERROR b=SKIPPED " {
		t.Errorf("%s: %s", execution.Status, got)
	}
}

func TestIdempotencyKeyJoins(t *testing.T) {
	t.Parallel()
	d := start(t)
	r := request(step("true"))
	r.IdempotencyKey = "release-1"
	first, second := d.submit(r), d.submit(r)
	if first != second {
		t.Errorf("two executions: %s, %s", first, second)
	}
	other := request(step("true"), step("true"))
	other.IdempotencyKey = r.GetIdempotencyKey()
	if _, err := d.Execute(t.Context(), "tester", other); !errors.Is(err, journal.ErrKeyConflict) {
		t.Errorf("another bundle under the key: %v", err)
	}
	if id, err := d.Execute(t.Context(), "somebody else", r); err != nil || id == first {
		t.Errorf("the key of somebody else: %s, %v", id, err)
	}
	d.wait(first)
}

func TestBadBundleIsRefusedWhole(t *testing.T) {
	t.Parallel()
	d := start(t)
	_, err := d.Execute(t.Context(), "tester", request(step("a"), step("")))
	var faults bundle.Faults
	if !errors.As(err, &faults) || len(faults) == 0 {
		t.Fatalf("got %v, want faults", err)
	}
	if all, _, err := d.journal.List(t.Context(), journal.Filter{}); err != nil || len(all) > 0 {
		t.Errorf("recorded: %v, %v", all, err)
	}
}

func TestOutputsAreKept(t *testing.T) {
	t.Parallel()
	d := start(t)
	d.world.Program("true", fake.Exit(0))
	r := request(step("true", func(s *clockworkv1.Step) { s.Outputs = []string{"dist/**"} }))
	r.Bundle.Artifacts = []*clockworkv1.Artifact{
		{Path: "dist/a/b.txt", Mode: "0600", Purpose: "data", Content: "kept"},
		{Path: "other.txt", Mode: "0644", Purpose: "data", Content: "not kept"},
	}
	id := d.submit(r)
	result := d.finished(id).Steps[0].Result
	if len(result.GetOutputFiles()) != 1 || result.GetOutputFiles()[0].GetPath() != "dist/a/b.txt" || result.GetOutputFiles()[0].GetSize() != 4 {
		t.Fatalf("kept: %v", result.GetOutputFiles())
	}
	file, err := d.journal.OpenFile(t.Context(), id, 0, "dist/a/b.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if content, err := io.ReadAll(file); err != nil || string(content) != "kept" {
		t.Errorf("%q, %v", content, err)
	}
}

func TestDrainRefusesAndWaits(t *testing.T) {
	t.Parallel()
	d := start(t)
	id := d.submit(request(step("true")))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	if err := d.Drain(ctx); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Execute(t.Context(), "tester", request(step("true"))); !errors.Is(err, executor.ErrDraining) {
		t.Errorf("while draining: %v", err)
	}
	if got := statuses(d.finished(id)); got != "true=SUCCESS " {
		t.Error(got)
	}
}

func TestIgnoredDependenciesAreNoticed(t *testing.T) {
	t.Parallel()
	d := start(t)
	d.world.Program("python3", fake.Exit(0))
	r := request(&clockworkv1.Step{Purpose: "fetch"})
	r.Bundle.Artifacts = []*clockworkv1.Artifact{{
		Path: "fetch.py", Purpose: "fetch", Lang: "python", Content: "# /// script\n# dependencies = [\"requests\"]\n# ///\n",
	}}
	for _, event := range d.wait(d.submit(r)) {
		if strings.Contains(event.GetNotice().GetMessage(), "need uv") {
			return
		}
	}
	t.Error("nobody is told that the dependencies are ignored")
}
