package render

import (
	"slices"
	"time"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// progress is what the events so far say of an execution, as the live view shows it.
type progress struct {
	record

	total    uint32
	accepted time.Time
	// notice is the newest about the execution itself; nil once it is about something that is over.
	notice *clockworkv1.Notice
	// waiting is since when no step has been running.
	waiting time.Time
	steps   map[uint32]*stepProgress
	// running are in the order of their starts, over in that of their ends.
	running, over []*stepProgress
}

// stepProgress is what is known of a step that was started or has ended.
type stepProgress struct {
	index   uint32
	name    string
	command string
	started time.Time
	attempt uint32
	tail    tail
	// retry is set while the step waits for its next attempt, which is due at the given time.
	retry *clockworkv1.StepRetrying
	due   time.Time
	// result is nil until the step has ended.
	result *clockworkv1.ExecutionResult
}

func newProgress() *progress {
	return &progress{steps: map[uint32]*stepProgress{}}
}

func (p *progress) take(event *clockworkv1.Event) {
	p.record.take(event)
	at := event.GetTime().AsTime()
	if p.accepted.IsZero() {
		p.accepted, p.waiting = at, at
	}
	switch kind := event.GetKind().(type) {
	case *clockworkv1.Event_Accepted:
		p.total = kind.Accepted.GetTotalSteps()
	case *clockworkv1.Event_StepStarted:
		p.started(kind.StepStarted, at)
	case *clockworkv1.Event_Output:
		p.step(kind.Output.GetStepIndex(), kind.Output.GetName(), at).tail.write(kind.Output.GetStream(), kind.Output.GetData())
	case *clockworkv1.Event_Retrying:
		p.retrying(kind.Retrying, at)
	case *clockworkv1.Event_Notice:
		if kind.Notice.StepIndex == nil {
			p.notice = kind.Notice
		}
	case *clockworkv1.Event_StepFinished:
		p.finished(kind.StepFinished.GetResult(), at)
	}
}

// step is the one with the given index. Who watches from a later event on may never see its start.
func (p *progress) step(index uint32, name string, at time.Time) *stepProgress {
	step := p.steps[index]
	if step == nil {
		step = &stepProgress{index: index, name: name, started: at, attempt: 1}
		p.steps[index] = step
		p.running = append(p.running, step)
	}
	return step
}

func (p *progress) started(e *clockworkv1.StepStarted, at time.Time) {
	step := p.step(e.GetStepIndex(), e.GetName(), at)
	step.attempt, step.command, step.retry, step.tail = e.GetAttempt(), commandLine(e.GetCommand()), nil, tail{}
	p.notice = nil
}

func (p *progress) retrying(e *clockworkv1.StepRetrying, at time.Time) {
	step := p.step(e.GetStepIndex(), e.GetName(), at)
	step.retry, step.due = e, at.Add(e.GetDelay().AsDuration())
	p.waiting = at
}

func (p *progress) finished(result *clockworkv1.ExecutionResult, at time.Time) {
	step := p.step(result.GetStepIndex(), result.GetName(), at)
	step.result = result
	p.running = slices.DeleteFunc(p.running, func(other *stepProgress) bool { return other == step })
	p.over = append(p.over, step)
	p.waiting = at
	if len(step.tail.all()) == 0 {
		step.tail = *tailOf(result)
	}
	if result.GetStatus() == clockworkv1.StepStatus_STEP_STATUS_SUCCESS {
		step.tail = tail{lines: [][]byte{step.tail.last()}} // there may be thousands of steps
	}
}

// status is the word for what a step does.
func (s *stepProgress) status() string {
	switch {
	case s.result != nil:
		return stepStatus(s.result.GetStatus())
	case s.retry != nil:
		return stepStatus(clockworkv1.StepStatus_STEP_STATUS_RETRYING)
	default:
		return stepStatus(clockworkv1.StepStatus_STEP_STATUS_RUNNING)
	}
}

// elapsed is for how long it has been at it, all attempts and the waits between them counted.
func (s *stepProgress) elapsed(now time.Time) time.Duration {
	switch {
	case s.result == nil:
		return now.Sub(s.started)
	case s.result.GetStartTime() == nil:
		return 0
	default:
		return s.result.GetEndTime().AsTime().Sub(s.result.GetStartTime().AsTime())
	}
}

// idle tells whether no step is at it, so that what the execution itself waits for is of interest.
func (p *progress) idle() bool {
	return !p.record.ended && !slices.ContainsFunc(p.running, func(step *stepProgress) bool { return step.retry == nil })
}
