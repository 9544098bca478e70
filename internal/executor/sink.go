package executor

import (
	"context"
	"fmt"
	"strings"

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

// Output makes bytes durable; until they are, the process is held up. They are given up where the step was ended from outside.
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
	err := a.execution.persist(s.ctx, "output", func() error {
		err := a.execution.writer.Output(s.ctx, event)
		if err != nil && a.terminated.Load() {
			a.abandon(errNoRoom) // nobody waits for it any more
		}
		return err
	})
	if err != nil {
		a.unkept = fmt.Sprintf("its %s from byte %d on could not be recorded", streamWord(event.GetStream()), event.GetOffset())
		return err
	}
	kept.write(output.GetData())
	return nil
}

func streamWord(stream clockworkv1.Stream) string {
	return strings.ToLower(strings.TrimPrefix(stream.String(), "STREAM_"))
}

// recall reads the attempt's output so far back from the journal, after a restart.
func (a *attempt) recall(ctx context.Context) error {
	for event, err := range a.execution.journal.Events(ctx, a.execution.plan.id, 0) {
		if err != nil {
			return err
		}
		output := event.GetOutput()
		if output == nil || output.GetStepIndex() != uint32(a.step) || output.GetAttempt() != a.number {
			continue
		}
		if output.GetStream() == clockworkv1.Stream_STREAM_STDERR {
			a.stderr.write(output.GetData())
		} else {
			a.stdout.write(output.GetData())
		}
	}
	return nil
}
