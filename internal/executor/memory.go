package executor

import (
	"context"
	"time"

	"go.uber.org/zap"
	"google.golang.org/protobuf/types/known/durationpb"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// memory is what the journal has of an attempt that was under way, or the newest one, when the daemon went down.
type memory struct {
	attempt        uint32
	stdout, stderr tail
	// began is when the attempt did, seen when it was last heard of.
	began, seen time.Time
}

// recall reads from the journal, after a restart, what it has of the attempts of the steps that have begun and not ended. Of those
// that wait for another attempt, the machine learns what the last one was.
func (x *execution) recall(ctx context.Context) {
	x.memories = map[uint32]*memory{}
	for _, step := range x.machine.steps {
		if step.Status == stepRunning || step.Status == stepRetrying {
			x.memories[step.Index] = &memory{attempt: step.Attempt}
		}
	}
	if len(x.memories) == 0 {
		return
	}
	for event, err := range x.journal.Events(ctx, x.plan.id, 0) {
		if err != nil {
			if ctx.Err() == nil {
				x.log.Error("cannot read all that was recorded of the steps that had begun", zap.Error(err))
			}
			break
		}
		x.remember(event)
	}
	for i, step := range x.machine.steps {
		if step.Status == stepRetrying {
			x.machine.tried[i] = x.remembered(i)
		}
	}
}

// remember takes what an event says of the attempts in question.
func (x *execution) remember(event *clockworkv1.Event) {
	if started := event.GetStepStarted(); started != nil {
		if m := x.memories[started.GetStepIndex()]; m != nil && m.attempt == started.GetAttempt() {
			m.began, m.seen = event.GetTime().AsTime(), event.GetTime().AsTime()
		}
		return
	}
	output := event.GetOutput()
	m := x.memories[output.GetStepIndex()]
	if output == nil || m == nil || m.attempt != output.GetAttempt() {
		return
	}
	m.seen = event.GetTime().AsTime()
	if output.GetStream() == clockworkv1.Stream_STREAM_STDERR {
		m.stderr.write(output.GetData())
	} else {
		m.stdout.write(output.GetData())
	}
}

// remembered is a result with all that is remembered of a step's attempt. That it ran until it was last heard of is the least that is known.
func (x *execution) remembered(step int) *clockworkv1.ExecutionResult {
	a, result := &attempt{step: step}, &clockworkv1.ExecutionResult{EnvironmentVars: x.plan.env(step)}
	ran := time.Duration(0)
	if m := x.memories[uint32(step)]; m != nil {
		a.stdout, a.stderr = m.stdout, m.stderr
		ran = m.seen.Sub(m.began)
	}
	a.fill(result, &agentv1.Exited{Duration: durationpb.New(ran)})
	return result
}

// allRemembered is what is remembered of each step whose attempt was running.
func (x *execution) allRemembered() map[int]*clockworkv1.ExecutionResult {
	all := map[int]*clockworkv1.ExecutionResult{}
	for step := range x.memories {
		all[int(step)] = x.remembered(int(step))
	}
	return all
}
