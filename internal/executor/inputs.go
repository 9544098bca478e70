package executor

import (
	"fmt"
	"time"

	"github.com/clockworkd/clockwork/internal/journal"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// input is something that happened to an execution.
type input interface {
	apply(m *machine, now time.Time)
}

// sandboxReady says that a sandbox is leased and has the artifacts in it.
type sandboxReady struct {
	sandbox                  journal.Sandbox
	queue, provision, upload time.Duration
}

func (in sandboxReady) apply(m *machine, now time.Time) {
	m.header.Sandbox = in.sandbox
	m.header.Queue, m.header.Provision, m.header.Upload = in.queue, in.provision, in.upload
	m.headerChanged()
	if m.header.Status == executionQueued {
		m.header.Started = now
		m.moveExecution(executionRunning)
	}
	m.sandboxReady, m.waiting = true, false
	due := m.due
	m.due = nil
	for _, i := range due {
		if m.steps[i].Status == stepRetrying {
			m.start(i, now)
		}
	}
}

// sandboxRecovered says that the sandbox which served the execution before a restart serves it again. Its steps go on.
type sandboxRecovered struct{}

func (sandboxRecovered) apply(m *machine, now time.Time) {
	m.sandboxReady = true
	for i := range m.steps {
		if m.steps[i].Status == stepRunning {
			m.do(startAttempt{step: i, attempt: m.steps[i].Attempt, rejoin: true})
			if m.struck() {
				m.do(terminate{step: i})
			}
		}
	}
	m.resumeWaits(now)
}

// sandboxVanished says that the sandbox which served the execution before a restart is gone.
type sandboxVanished struct {
	message string
	// known is what is remembered of the attempts that ran in it, by step.
	known map[int]*clockworkv1.ExecutionResult
}

func (in sandboxVanished) apply(m *machine, now time.Time) {
	m.loseRunning(in.message, in.known, now)
	m.resumeWaits(now)
	if m.active == 0 && m.unended > 0 {
		m.halt(stop{status: stepError, strikes: true, skipped: in.message, message: in.message}, now)
	}
}

// recordDamaged says that the execution's output is damaged on the disk. It cannot go on: more output could not be told from what is missing.
type recordDamaged sandboxVanished

func (in recordDamaged) apply(m *machine, now time.Time) {
	if m.unended == 0 {
		return
	}
	m.halt(stop{status: stepError, strikes: true, skipped: in.message, message: in.message}, now)
	m.loseRunning(in.message, in.known, now)
}

// loseRunning ends the attempts that were running with what is known of them, which is not how they ended.
func (m *machine) loseRunning(message string, known map[int]*clockworkv1.ExecutionResult, now time.Time) {
	for i := range m.steps {
		if m.steps[i].Status != stepRunning {
			continue
		}
		result := known[i]
		if result == nil {
			result = &clockworkv1.ExecutionResult{}
		}
		result.Status, result.ErrorMessage = stepLost, message
		attemptEnded{step: i, attempt: m.steps[i].Attempt, sandbox: m.header.Sandbox.ID, outcome: outcome{result: result}}.apply(m, now)
	}
}

// nothingLeft says that an execution whose steps had all ended before a restart never had a sandbox.
type nothingLeft struct{}

func (nothingLeft) apply(*machine, time.Time) {}

// sandboxFailed says that no sandbox could be had.
type sandboxFailed struct {
	message string
}

func (in sandboxFailed) apply(m *machine, now time.Time) {
	m.halt(stop{status: stepError, strikes: true, skipped: "no sandbox: " + in.message, message: in.message}, now)
}

// attemptEnded says how an attempt ended.
type attemptEnded struct {
	step    int
	attempt uint32
	// sandbox is the one it ran in.
	sandbox string
	outcome outcome
}

func (in attemptEnded) apply(m *machine, now time.Time) {
	step := &m.steps[in.step]
	if step.Status != stepRunning || step.Attempt != in.attempt {
		return
	}
	result := in.outcome.result
	if in.outcome.terminated && m.struck() {
		result.Status, result.ErrorMessage = m.stop.status, m.stop.message
	}
	for _, gap := range in.outcome.dropped {
		count(result, gap)
		m.emit(now, &clockworkv1.Event{Kind: &clockworkv1.Event_OutputDropped{OutputDropped: gap}})
	}
	gone := result.GetStatus() == stepLost || in.outcome.destroyed
	if gone && in.sandbox == m.header.Sandbox.ID {
		m.sandboxReady = false
	}
	if delay, again := m.retries(in.step, result); again {
		m.retry(in.step, delay, result, now)
		return
	}
	m.end(in.step, result, now)
	if gone && m.unended > m.active {
		const message = "the sandbox is gone"
		m.halt(stop{status: stepLost, skipped: message, message: message}, now)
	}
}

// retryDue says that the wait before an attempt is over.
type retryDue struct {
	step int
}

func (in retryDue) apply(m *machine, now time.Time) {
	if m.steps[in.step].Status != stepRetrying {
		return
	}
	if m.sandboxReady {
		m.start(in.step, now)
		return
	}
	m.due = append(m.due, in.step)
	if !m.waiting {
		m.waiting = true
		m.do(acquire{})
	}
}

// cancelRequested says that somebody wants the execution to end.
type cancelRequested struct {
	by, reason string
}

func (in cancelRequested) apply(m *machine, now time.Time) {
	if m.unended == 0 {
		return
	}
	message := "cancelled"
	if in.by != "" {
		message += " by " + in.by
	}
	if in.reason != "" {
		message += ": " + in.reason
	}
	m.header.CancelRequested = true
	m.headerChanged()
	m.halt(stop{status: stepCancelled, strikes: true, skipped: "the execution was " + message, message: message}, now)
}

// timeUp says that the execution has used up its time.
type timeUp struct{}

func (timeUp) apply(m *machine, now time.Time) {
	if m.unended == 0 {
		return
	}
	message := fmt.Sprintf("the execution took longer than its timeout of %s", m.plan.timeout)
	m.halt(stop{status: stepTimeout, strikes: true, skipped: message, message: message}, now)
}

// noticed says something that changes no state.
type noticed struct {
	phase   clockworkv1.Phase
	step    *uint32
	message string
}

func (in noticed) apply(m *machine, now time.Time) {
	m.emit(now, &clockworkv1.Event{Kind: &clockworkv1.Event_Notice{Notice: &clockworkv1.Notice{
		Phase: in.phase, Message: in.message, StepIndex: in.step,
	}}})
}

// cleanedUp says that nothing of the execution runs any more, as far as can be known.
type cleanedUp struct{}

func (cleanedUp) apply(m *machine, now time.Time) {
	if m.unended > 0 {
		return
	}
	status, message := m.verdict()
	m.header.Ended, m.header.Error = now, message
	m.header.Summary = Summarize(m.steps, now.Sub(m.plan.created))
	m.moveExecution(status)
	m.emit(now, &clockworkv1.Event{Kind: &clockworkv1.Event_ExecutionFinished{
		ExecutionFinished: &clockworkv1.ExecutionFinished{
			Status: status, ErrorMessage: message, Summary: m.header.Summary,
		},
	}})
}
