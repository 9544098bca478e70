package executor

import (
	"fmt"
	"time"

	"github.com/clockworkd/clockwork/internal/journal"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// machine is the state of one execution. It has no side effects: inputs change it, and take returns what has to be
// recorded and done because of them.
type machine struct {
	plan   *plan
	header journal.Header
	steps  []journal.Step

	// sandboxReady tells whether steps can start: there is a sandbox and the artifacts are in it.
	sandboxReady bool
	// waitsFor counts, for each step, the steps it still waits for.
	waitsFor []int
	// ready holds the pending steps that wait for nothing but a sandbox and a free place, ascending.
	ready []int
	// active counts the steps that are running or retrying, unended those that have not ended.
	active, unended int
	// stop is why no further step starts; nil: they do.
	stop *stop
	// waiting tells that a new sandbox was asked for in place of a lost one; due holds the retries that wait for it.
	waiting bool
	due     []int
	// tried holds the results of attempts that another one follows, by step: what is known if none does after all.
	tried map[int]*clockworkv1.ExecutionResult
	// cleaning tells that all steps have ended and the sandbox is being emptied.
	cleaning bool

	change  journal.Change
	changed map[int]bool
	actions []action
}

// stop is the reason for which no further step starts.
type stop struct {
	// status counts for the execution as if one of its steps had it; unspecified where a step's own end is the reason.
	status clockworkv1.StepStatus
	// strikes tells that the reason ends steps which are under way, too, and gives them its status.
	strikes bool
	// skipped says why the steps that never start do not.
	skipped string
	// message is the execution's own error message.
	message string
}

// restoreMachine returns the state that the journal recorded. No sandbox is ready yet.
func restoreMachine(p *plan, recorded journal.Execution) *machine {
	m := &machine{
		plan: p, header: recorded.Header, steps: recorded.Steps,
		waitsFor: make([]int, len(p.steps)), changed: map[int]bool{}, tried: map[int]*clockworkv1.ExecutionResult{}, unended: len(p.steps),
	}
	for i, step := range p.steps {
		m.waitsFor[i] = step.waitsFor
	}
	for i := range m.steps {
		if m.steps[i].Status == stepPending && m.waitsFor[i] == 0 {
			m.ready = insert(m.ready, i)
		}
	}
	for i := range m.steps {
		switch status := m.steps[i].Status; {
		case stepEnded(status):
			m.unended--
			m.release(i)
		case status != stepPending:
			m.active++
		}
	}
	if m.header.Fault != 0 {
		m.stop = &stop{status: m.header.Fault, strikes: m.header.Fault != stepLost, message: m.header.Error}
	}
	return m
}

// apply lets an input change the machine. Inputs that come too late to matter change nothing.
func (m *machine) apply(in input, now time.Time) {
	if executionEnded(m.header.Status) {
		return
	}
	in.apply(m, now)
	m.settle(now)
}

// take returns what has happened since it was last called: what must be recorded, and what is to be done once it is.
func (m *machine) take() (journal.Change, []action) {
	change, actions := m.change, m.actions
	for i := range m.changed {
		change.Steps = append(change.Steps, m.steps[i])
	}
	m.change, m.actions, m.changed = journal.Change{}, nil, map[int]bool{}
	return change, actions
}

// settle starts, skips and finishes whatever the newest input has made due.
func (m *machine) settle(now time.Time) {
	for m.stop == nil && m.sandboxReady && len(m.ready) > 0 && m.active < m.plan.parallel {
		next := m.ready[0]
		m.ready = m.ready[1:]
		if reason := m.blocked(next); reason != "" {
			m.endWithoutAttempt(next, stepSkipped, reason, now)
			continue
		}
		m.active++
		m.start(next, now)
	}
	if m.unended == 0 && !m.cleaning {
		m.cleaning = true
		m.do(cleanUp{})
	}
}

// halt lets no further step start. It skips the pending steps and, where the reason is execution-wide, ends those
// that wait for a retry and has the running ones terminated. Where no step is under way, those that were next carry the status.
// Of several reasons the first that strikes stays, else the first.
func (m *machine) halt(reason stop, now time.Time) {
	if m.struck() || m.stop != nil && !reason.strikes {
		return
	}
	m.stop = &reason
	if reason.status != 0 {
		m.header.Fault, m.header.Error = reason.status, reason.message
		m.headerChanged()
	}
	next := m.ready
	m.ready = nil
	if reason.strikes {
		underWay := m.active > 0
		for i := range m.steps {
			if m.steps[i].Status == stepRunning {
				m.do(terminate{step: i})
			}
			if m.steps[i].Status == stepRetrying {
				m.endWithoutAttempt(i, reason.status, reason.message, now)
			}
		}
		if underWay {
			next = nil
		}
		for _, i := range next {
			m.endWithoutAttempt(i, reason.status, reason.message, now)
		}
	}
	for i := range m.steps {
		if m.steps[i].Status == stepPending {
			m.endWithoutAttempt(i, stepSkipped, reason.skipped, now)
		}
	}
}

// start begins the next attempt of a step, which the caller has counted as active.
func (m *machine) start(i int, now time.Time) {
	step := &m.steps[i]
	m.move(i, stepRunning)
	step.Attempt++
	step.NextAttempt = time.Time{}
	if step.FirstStarted.IsZero() {
		step.FirstStarted = now
	}
	m.emit(now, &clockworkv1.Event{Kind: &clockworkv1.Event_StepStarted{StepStarted: &clockworkv1.StepStarted{
		StepIndex: step.Index, Name: step.Name, Purpose: step.Purpose, Attempt: step.Attempt,
		Command: m.plan.steps[i].command,
	}}})
	delete(m.tried, i)
	m.do(startAttempt{step: i, attempt: step.Attempt})
}

// end records the one result of a step.
func (m *machine) end(i int, result *clockworkv1.ExecutionResult, now time.Time) {
	step := &m.steps[i]
	if step.Status != stepPending {
		m.active--
	}
	m.move(i, result.GetStatus())
	m.unended--
	m.complete(i, result, now)
	step.Result = result
	m.emit(now, &clockworkv1.Event{Kind: &clockworkv1.Event_StepFinished{
		StepFinished: &clockworkv1.StepFinished{Result: result},
	}})
	m.release(i)
	if !m.forgiven(i) && !m.plan.keepGoing {
		m.halt(stop{skipped: fmt.Sprintf("step %q did not succeed: %s", step.Name, word(result.GetStatus()))}, now)
	}
}

// release tells the steps that wait for one that it has ended.
func (m *machine) release(i int) {
	for _, next := range m.plan.steps[i].unblocks {
		m.waitsFor[next]--
		if m.waitsFor[next] == 0 && m.stop == nil && m.steps[next].Status == stepPending {
			m.ready = insert(m.ready, next)
		}
	}
}

// struck tells whether an execution-wide reason ends the steps that are under way.
func (m *machine) struck() bool {
	return m.stop != nil && m.stop.strikes
}

// blocked says why a step whose needs have all ended cannot run; empty: it can. Outside a graph, order alone blocks nothing.
func (m *machine) blocked(i int) string {
	for _, need := range m.plan.steps[i].Needs {
		if m.plan.bundle.Graph && !m.forgiven(need) {
			return fmt.Sprintf("it needs step %q, which did not succeed: %s", m.steps[need].Name, word(m.steps[need].Status))
		}
	}
	return ""
}

// forgiven tells whether what comes after a step may go on as if it had succeeded.
func (m *machine) forgiven(i int) bool {
	return m.steps[i].Status == stepSuccess || m.plan.steps[i].ContinueOnError
}

func (m *machine) move(i int, to clockworkv1.StepStatus) {
	mustFollow(stepTransitions, m.steps[i].Status, to)
	m.steps[i].Status = to
	m.changed[i] = true
}

func (m *machine) moveExecution(to clockworkv1.ExecutionStatus) {
	mustFollow(executionTransitions, m.header.Status, to)
	m.header.Status = to
	m.headerChanged()
}

func (m *machine) headerChanged() {
	header := m.header
	m.change.Header = &header
}

func (m *machine) emit(now time.Time, event *clockworkv1.Event) {
	event.Time = timestamp(now)
	m.change.Events = append(m.change.Events, event)
}

func (m *machine) do(a action) {
	m.actions = append(m.actions, a)
}
