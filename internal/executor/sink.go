package executor

import (
	"context"
	"errors"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// sink takes what an attempt's process does into the journal, from where everybody else reads it.
type sink struct {
	ctx     context.Context //nolint:containedctx // the sink lives no longer than the call it is given to
	attempt *attempt
}

// Started remembers that the process exists.
func (s sink) Started(started *agentv1.Started) error {
	if s.attempt.started == nil {
		close(s.attempt.exists)
	}
	s.attempt.started = started
	return nil
}

// Output makes bytes durable; until they are, the process is held up. Once the step was ended from outside, what cannot be recorded is dropped
// and counted, so that it keeps nothing from ending.
func (s sink) Output(output *agentv1.Output) error {
	a := s.attempt
	event := &clockworkv1.Output{
		StepIndex: uint32(a.step), Name: a.execution.plan.steps[a.step].Name, Attempt: a.number,
		Stream: clockworkv1.Stream_STREAM_STDOUT, Offset: output.GetOffset(), Data: output.GetData(),
	}
	kept := &a.stdout
	if output.GetStream() == agentv1.Stream_STREAM_STDERR {
		event.Stream, kept = clockworkv1.Stream_STREAM_STDERR, &a.stderr
	}
	if !a.dropped.begun() {
		err := a.execution.persist(s.ctx, "output", func() error {
			err := a.execution.writer.Output(s.ctx, event)
			if err != nil && a.ending.Load() {
				return givenUpError{err}
			}
			return err
		})
		if err == nil {
			kept.write(output.GetData())
			return nil
		}
		if _, ok := errors.AsType[givenUpError](err); !ok {
			a.dropped.begin(context.Cause(s.ctx).Error() + "; its sandbox was destroyed, and what else it may have printed is not counted")
			a.dropped.add(event)
			return err
		}
		a.dropped.begin(err.Error())
	}
	a.dropped.add(event)
	return nil
}
