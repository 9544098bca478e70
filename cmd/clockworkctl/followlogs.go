package main

import (
	"context"
	"errors"

	"github.com/clockworkd/clockwork/client"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// flusher is a sink that keeps some of what it was given, so that it writes less often.
type flusher interface {
	Flush() error
}

// followLogs writes wanted output up to the execution's end, and returns its outcome. What is past is written as fast as it
// comes, what is printed from now on at once.
func (a *app) followLogs(ctx context.Context, c *client.Client, execution *clockworkv1.Execution, wanted *outputSelection, log sink) error {
	following, release := a.untilInterrupted(ctx)
	defer release()
	var last *clockworkv1.Event
	for event, err := range c.Watch(following, execution.GetId(), 0) {
		if err != nil {
			if interrupted, ok := errors.AsType[*interruptedError](err); ok {
				a.say("stopped following; the execution goes on. Follow it with: %s executions logs %s --follow", a.command(), execution.GetId())
				err = interrupted.outcome()
			}
			return errors.Join(err, log.Ended())
		}
		a.resumed()
		last = event
		if !wanted.includes(event) {
			continue
		}
		if err := log.Event(event); err != nil {
			return err
		}
		if buffered, ok := log.(flusher); ok && event.GetSequence() >= execution.GetLastSequence() {
			if err := buffered.Flush(); err != nil {
				return err
			}
		}
	}
	if err := log.Ended(); err != nil {
		return err
	}
	return result(last.GetExecutionFinished().GetStatus())
}
