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
// With toTheEnd a standard output that was closed, or whose terminal is gone, ends only the rendering, so that the exit code
// stays true.
func (a *app) follow(events iter.Seq2[*clockworkv1.Event, error], renderer render.Renderer, toTheEnd bool) error {
	a.messages.showing(renderer)
	last, err := a.render(events, renderer, toTheEnd)
	written := renderer.Ended()
	switch {
	case err != nil:
		return errors.Join(err, written)
	case written != nil && (!toTheEnd || !isGone(written)):
		return fmt.Errorf("cannot write what happened: %w", written)
	case last.GetExecutionFinished() == nil:
		return nil // there was nothing after the point from which on it was watched
	default:
		return result(last.GetExecutionFinished().GetStatus())
	}
}

// render renders events, and returns the last one.
func (a *app) render(events iter.Seq2[*clockworkv1.Event, error], renderer render.Renderer, toTheEnd bool) (last *clockworkv1.Event, err error) {
	gone := false
	for event, err := range events {
		if err != nil {
			return last, err
		}
		a.resumed()
		last = event
		if gone {
			continue
		}
		if err := renderer.Event(event); err != nil {
			if gone = toTheEnd && isGone(err); !gone {
				return last, fmt.Errorf("cannot write what happened: %w", err)
			}
		}
	}
	return last, nil
}

// isGone tells whether nobody reads what is written: the pipe was closed, the terminal hung up.
func isGone(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.EIO)
}
