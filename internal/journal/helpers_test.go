package journal_test

import (
	"context"
	"flag"
	"strconv"
	"testing"

	"go.uber.org/goleak"

	"github.com/clockworkd/clockwork/internal/journal"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func TestMain(m *testing.M) {
	// A check of the model is a journal of its own; -rapid.checks asks for more.
	if err := flag.Set("rapid.checks", "15"); err != nil {
		panic(err)
	}
	goleak.VerifyTestMain(m)
}

// open opens a journal until the test ends.
func open(tb testing.TB, dir string) *journal.Journal {
	tb.Helper()
	j, err := journal.Open(tb.Context(), journal.Options{Dir: dir})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := j.Close(); err != nil {
			tb.Errorf("cannot close the journal: %v", err)
		}
	})
	return j
}

// admission is a request for an execution of some steps, named "step-0" and so on.
func admission(id string, steps int) journal.Admission {
	a := journal.Admission{
		ID:        id,
		Principal: "uid:1000",
		Digest:    "sha256:" + id,
		Request:   &clockworkv1.ExecuteBundleRequest{Runner: "local"},
		Header:    journal.Header{Status: clockworkv1.ExecutionStatus_EXECUTION_STATUS_QUEUED, Runner: "local", RunnerType: "local"},
		Event: &clockworkv1.Event{Kind: &clockworkv1.Event_Accepted{
			Accepted: &clockworkv1.ExecutionAccepted{Runner: "local", TotalSteps: uint32(steps)},
		}},
	}
	for i := range steps {
		a.Steps = append(a.Steps, journal.Step{
			Index: uint32(i), Name: "step-" + strconv.Itoa(i), Purpose: "test", Status: clockworkv1.StepStatus_STEP_STATUS_PENDING,
		})
	}
	return a
}

func create(tb testing.TB, j *journal.Journal, id string, steps int) journal.Execution {
	tb.Helper()
	execution, created, err := j.Create(tb.Context(), admission(id, steps))
	if err != nil || !created {
		tb.Fatalf("Create: created %t, error %v", created, err)
	}
	return execution
}

func newWriter(tb testing.TB, j *journal.Journal, id string) journal.Writer {
	tb.Helper()
	create(tb, j, id, 1)
	return writer(tb, j, id)
}

// writer returns the writer of an execution until the test ends.
func writer(tb testing.TB, j *journal.Journal, id string) journal.Writer {
	tb.Helper()
	w, err := j.Writer(tb.Context(), id)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = w.Close() })
	return w
}

func append1(tb testing.TB, w journal.Writer, change journal.Change) {
	tb.Helper()
	if err := w.Append(context.Background(), change); err != nil {
		tb.Fatal(err)
	}
}

func output(tb testing.TB, w journal.Writer, step, attempt uint32, data []byte) {
	tb.Helper()
	if err := w.Output(context.Background(), stdout(w, step, attempt, data)); err != nil {
		tb.Fatal(err)
	}
}

// stdout is the next output of an attempt.
func stdout(w journal.Writer, step, attempt uint32, data []byte) *clockworkv1.Output {
	return &clockworkv1.Output{
		StepIndex: step,
		Name:      "step-" + strconv.Itoa(int(step)),
		Attempt:   attempt,
		Stream:    clockworkv1.Stream_STREAM_STDOUT,
		Offset:    w.OutputEnd(step, attempt, clockworkv1.Stream_STREAM_STDOUT),
		Data:      data,
	}
}

// started is the change with which an attempt begins.
func started(step, attempt uint32) journal.Change {
	name := "step-" + strconv.Itoa(int(step))
	return journal.Change{
		Steps: []journal.Step{{
			Index: step, Name: name, Purpose: "test", Status: clockworkv1.StepStatus_STEP_STATUS_RUNNING, Attempt: attempt,
		}},
		Events: []*clockworkv1.Event{{Kind: &clockworkv1.Event_StepStarted{StepStarted: &clockworkv1.StepStarted{
			StepIndex: step, Name: name, Attempt: attempt, Command: []string{"true"},
		}}}},
	}
}

// finished is the change with which a step ends.
func finished(step uint32) journal.Change {
	name := "step-" + strconv.Itoa(int(step))
	return journal.Change{
		Steps: []journal.Step{{
			Index: step, Name: name, Purpose: "test", Status: clockworkv1.StepStatus_STEP_STATUS_SUCCESS, Attempt: 1,
		}},
		Events: []*clockworkv1.Event{{Kind: &clockworkv1.Event_StepFinished{StepFinished: &clockworkv1.StepFinished{
			Result: &clockworkv1.ExecutionResult{
				StepIndex: step, Name: name, Status: clockworkv1.StepStatus_STEP_STATUS_SUCCESS, Command: []string{"true"},
			},
		}}}},
	}
}

// ended is the change with which an execution ends.
func ended() journal.Change {
	const status = clockworkv1.ExecutionStatus_EXECUTION_STATUS_SUCCESS
	return journal.Change{
		Header: &journal.Header{Status: status, Runner: "local", RunnerType: "local"},
		Events: []*clockworkv1.Event{{Kind: &clockworkv1.Event_ExecutionFinished{
			ExecutionFinished: &clockworkv1.ExecutionFinished{Status: status},
		}}},
	}
}
