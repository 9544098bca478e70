package executor

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"pgregory.net/rapid"

	"github.com/clockworkd/clockwork/internal/bundle"
	"github.com/clockworkd/clockwork/internal/journal"
	"github.com/clockworkd/clockwork/internal/policy"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// TestMachineKeepsItsPromises drives machines of random plans through random lives, with cancels, timeouts, lost sandboxes and
// restarts of the daemon among them, and checks after each input what must always hold.
func TestMachineKeepsItsPromises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		for range 10_000 {
			if executionEnded(w.machine.header.Status) {
				w.checkEnd()
				return
			}
			w.happen()
		}
		t.Fatal("the execution does not come to an end")
	})
}

// world is everything around a machine: it does what actions ask for, in any order and with any outcome.
type world struct {
	t       *rapid.T
	plan    *plan
	machine *machine
	now     time.Time
	// running holds the attempts that were asked for and have not ended.
	running map[int]startAttempt
	waits   []int
	seeking bool
	rejoins bool
	cleans  bool
	sandbox int

	// recorded is what a journal would hold.
	recorded journal.Execution
	started  map[int]int
	results  map[int]*clockworkv1.ExecutionResult
	finished int
}

func newWorld(t *rapid.T) *world {
	w := &world{
		t: t, plan: randomPlan(t), now: time.Unix(0, 0),
		running: map[int]startAttempt{}, seeking: true, started: map[int]int{}, results: map[int]*clockworkv1.ExecutionResult{},
	}
	w.recorded = journal.Execution{Header: journal.Header{Status: executionQueued}, Steps: pendingSteps(w.plan)}
	w.machine = restoreMachine(w.plan, w.snapshot())
	return w
}

func randomPlan(t *rapid.T) *plan {
	b := &bundle.Bundle{Graph: rapid.Bool().Draw(t, "graph")}
	for i := range rapid.IntRange(1, 7).Draw(t, "steps") {
		step := bundle.Step{Index: i, Name: fmt.Sprintf("s%d", i), Cmd: []string{"x"}, Artifact: -1, Cwd: "."}
		step.ContinueOnError = rapid.IntRange(0, 4).Draw(t, "continue") == 0
		if b.Graph && i > 0 {
			needs := rapid.SliceOfNDistinct(rapid.IntRange(0, i-1), 0, min(i, 3), rapid.ID).Draw(t, "needs")
			slices.Sort(needs)
			step.Needs = needs
		}
		if rapid.Bool().Draw(t, "retry") {
			step.Retry = &bundle.Retry{
				MaxAttempts: rapid.IntRange(1, 3).Draw(t, "attempts"), InitialDelay: time.Second, MaxDelay: time.Minute, Multiplier: 2,
				On: bundle.RetryOn{AnyExitCode: true, Timeout: rapid.Bool().Draw(t, "on timeout"), Lost: rapid.Bool().Draw(t, "on lost")},
			}
		}
		b.Steps = append(b.Steps, step)
	}
	options := requestOptions{keepGoing: rapid.Bool().Draw(t, "keep going")}
	return newPlan("id", b, options, runnerDefaults{name: "r", driver: "fake"}, policy.Verdict{}, time.Unix(0, 0), 3)
}

// happen lets one thing happen that can.
func (w *world) happen() {
	type event struct {
		name string
		do   func()
	}
	var possible []event
	add := func(when bool, name string, do func()) {
		if when {
			possible = append(possible, event{name, do})
		}
	}
	add(w.seeking, "sandbox ready", w.sandboxReady)
	add(w.seeking && rapid.IntRange(0, 3).Draw(w.t, "unlucky") == 0, "sandbox failed", func() {
		w.seeking = false
		w.apply(sandboxFailed{message: "none"})
	})
	add(w.rejoins, "sandbox recovered", func() { w.rejoins = false; w.apply(sandboxRecovered{}) })
	add(w.rejoins, "sandbox vanished", func() {
		w.rejoins = false
		w.apply(sandboxVanished{message: "gone"})
	})
	add(len(w.running) > 0, "attempt ended", w.attemptEnded)
	add(len(w.waits) > 0, "retry due", func() {
		due := w.waits[0]
		w.waits = w.waits[1:]
		w.apply(retryDue{step: due})
	})
	add(w.cleans, "cleaned up", func() { w.cleans = false; w.apply(cleanedUp{}) })
	add(len(possible) == 0 || rapid.IntRange(0, 15).Draw(w.t, "cancel") == 0, "cancel", func() {
		w.apply(cancelRequested{by: "x"})
	})
	add(rapid.IntRange(0, 15).Draw(w.t, "time") == 0, "time up", func() { w.apply(timeUp{}) })
	add(rapid.IntRange(0, 9).Draw(w.t, "crash") == 0, "restart", w.restart)
	possible[rapid.IntRange(0, len(possible)-1).Draw(w.t, "what happens")].do()
}

func (w *world) sandboxReady() {
	w.seeking = false
	w.sandbox++
	w.apply(sandboxReady{sandbox: journal.Sandbox{ID: fmt.Sprint(w.sandbox)}})
}

func (w *world) attemptEnded() {
	steps := make([]int, 0, len(w.running))
	for step := range w.running {
		steps = append(steps, step)
	}
	slices.Sort(steps)
	step := rapid.SampledFrom(steps).Draw(w.t, "step")
	attempt := w.running[step]
	delete(w.running, step)
	status := rapid.SampledFrom([]clockworkv1.StepStatus{
		stepSuccess, stepSuccess, stepSuccess, stepFailed, stepTimeout, stepLost, stepError,
	}).Draw(w.t, "status")
	w.apply(attemptEnded{
		step: step, attempt: attempt.attempt, sandbox: w.machine.header.Sandbox.ID,
		outcome: outcome{
			result:     &clockworkv1.ExecutionResult{Status: status},
			terminated: w.machine.struck() && rapid.Bool().Draw(w.t, "terminated"),
			destroyed:  rapid.IntRange(0, 9).Draw(w.t, "destroyed") == 0,
		},
	})
}

// restart forgets everything but what is recorded, as a kill of the daemon does.
func (w *world) restart() {
	w.machine = restoreMachine(w.plan, w.snapshot())
	w.running, w.waits, w.cleans = map[int]startAttempt{}, nil, false
	w.seeking, w.rejoins = w.recorded.Sandbox.ID == "", w.recorded.Sandbox.ID != ""
	if w.seeking && w.machine.unended == 0 {
		w.seeking = false
		w.apply(nothingLeft{})
	}
}

func (w *world) snapshot() journal.Execution {
	copied := w.recorded
	copied.Steps = slices.Clone(w.recorded.Steps)
	return copied
}

// apply applies an input, records what came of it, and checks it.
func (w *world) apply(in input) {
	w.now = w.now.Add(time.Second)
	w.machine.apply(in, w.now)
	change, actions := w.machine.take()
	w.record(change)
	for _, a := range actions {
		switch a := a.(type) {
		case acquire:
			w.seeking = true
		case startAttempt:
			if _, twice := w.running[a.step]; twice {
				w.t.Fatalf("step %d runs twice at once", a.step)
			}
			w.running[a.step] = a
		case wait:
			w.waits = append(w.waits, a.step)
		case cleanUp:
			w.cleans = true
		}
	}
	if len(w.running) > w.plan.parallel {
		w.t.Fatalf("%d steps run at once, %d may", len(w.running), w.plan.parallel)
	}
}

func (w *world) record(change journal.Change) {
	if change.Header != nil {
		w.recorded.Header = *change.Header
	}
	for _, step := range change.Steps {
		before := w.recorded.Steps[step.Index].Status
		if stepEnded(before) {
			w.t.Fatalf("step %d was %s and became %s", step.Index, word(before), word(step.Status))
		}
		w.recorded.Steps[step.Index] = step
	}
	for _, event := range change.Events {
		if w.finished > 0 {
			w.t.Fatalf("an event follows the last one: %v", event)
		}
		switch kind := event.GetKind().(type) {
		case *clockworkv1.Event_StepStarted:
			w.checkStart(int(kind.StepStarted.GetStepIndex()))
		case *clockworkv1.Event_StepFinished:
			index := int(kind.StepFinished.GetResult().GetStepIndex())
			if w.results[index] != nil {
				w.t.Fatalf("step %d has two results", index)
			}
			w.results[index] = proto.CloneOf(kind.StepFinished.GetResult())
		case *clockworkv1.Event_ExecutionFinished:
			w.finished++
		}
	}
}

// checkStart checks that nothing starts before its time.
func (w *world) checkStart(i int) {
	w.started[i]++
	if w.results[i] != nil {
		w.t.Fatalf("step %d starts after its end", i)
	}
	for _, need := range w.plan.steps[i].Needs {
		if result := w.results[need]; result == nil || result.GetStatus() != stepSuccess && !w.plan.steps[need].ContinueOnError {
			w.t.Fatalf("step %d starts although it needs step %d", i, need)
		}
	}
	for before := range i {
		if !w.plan.bundle.Graph && w.results[before] == nil {
			w.t.Fatalf("step %d starts before step %d has ended", i, before)
		}
	}
}

func (w *world) checkEnd() {
	if w.finished != 1 {
		w.t.Fatalf("%d last events", w.finished)
	}
	counted, successful := w.checkResults()
	counted[w.recorded.Fault] = w.recorded.Fault != 0
	want := executionSuccess
	for _, rank := range slices.Backward(executionPrecedence) {
		if counted[rank.step] {
			want = rank.execution
		}
	}
	status := w.machine.header.Status
	if status != want {
		w.t.Fatalf("the execution is %s, its steps make it %s: %v", status, want, w.results)
	}
	if status == executionSuccess && counted[stepSkipped] {
		w.t.Fatalf("a false success: %v", w.results)
	}
	if got := int(w.machine.header.Summary.GetSuccessful()); got != successful {
		w.t.Fatalf("the summary counts %d successful steps of %d", got, successful)
	}
}

// checkResults checks every step's result, and returns which statuses count and how many steps succeeded.
func (w *world) checkResults() (counted map[clockworkv1.StepStatus]bool, successful int) {
	counted = map[clockworkv1.StepStatus]bool{}
	for i := range w.plan.steps {
		result := w.results[i]
		if result == nil {
			w.t.Fatalf("step %d has no result", i)
		}
		if w.started[i] > 0 && result.GetStatus() == stepSkipped {
			w.t.Fatalf("step %d was started and is skipped", i)
		}
		if w.started[i] == 0 && result.GetStatus() == stepSuccess {
			w.t.Fatalf("step %d succeeded without an attempt", i)
		}
		if result.GetStatus() == stepSuccess {
			successful++
		}
		if !w.plan.steps[i].ContinueOnError {
			counted[result.GetStatus()] = true
		}
	}
	return counted, successful
}
