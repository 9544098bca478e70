package main

import (
	"errors"
	"fmt"
	"iter"
	"syscall"

	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// follow renders the events of an execution up to the last one. It returns the execution's outcome.
//
// With toTheEnd a closed standard output ends only the rendering, so that the exit code stays true.
func follow(events iter.Seq2[*clockworkv1.Event, error], renderer render.Renderer, toTheEnd bool) error {
	var last *clockworkv1.Event
	closed := false
	for event, err := range events {
		if err != nil {
			return errors.Join(err, renderer.Ended())
		}
		last = event
		if closed {
			continue
		}
		if err := renderer.Event(event); err != nil {
			if !toTheEnd || !errors.Is(err, syscall.EPIPE) {
				return fmt.Errorf("cannot write what happened: %w", err)
			}
			closed = true
		}
	}
	if !closed {
		if err := renderer.Ended(); err != nil && (!toTheEnd || !errors.Is(err, syscall.EPIPE)) {
			return fmt.Errorf("cannot write what happened: %w", err)
		}
	}
	if last.GetExecutionFinished() == nil {
		return nil // there was nothing after the point from which on it was watched
	}
	return result(last.GetExecutionFinished().GetStatus())
}
