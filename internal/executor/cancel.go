package executor

import (
	"context"
	"fmt"
	"time"
)

// cancelPatience is how long a cancel waits to become durable before it is answered with the reason why it is not.
const cancelPatience = 5 * time.Second

// Cancel asks for the end of an execution. When it returns the wish is durable, and a restart of the daemon does not forget it.
// An execution that has ended, or is being cancelled already, stays as it is. journal.ErrNotFound: there is none. Where the journal
// cannot be written (journal.ErrFull), the execution is being ended all the same, and the error says so.
func (e *Executor) Cancel(ctx context.Context, id, principal, reason string) error {
	e.mu.Lock()
	x := e.live[id]
	e.mu.Unlock()
	if x == nil {
		return e.cancelIdle(ctx, id)
	}
	done := make(chan struct{})
	x.inbox.post(recorded{cancelRequested{by: principal, reason: reason}, func() { close(done) }})
	patience := time.NewTicker(cancelPatience)
	defer patience.Stop()
	for {
		select {
		case <-done:
			return nil
		case <-x.gone:
			return e.cancelIdle(ctx, id)
		case <-ctx.Done():
			return ctx.Err()
		case <-patience.C:
			if cause := x.unrecorded.Load(); cause != nil {
				return fmt.Errorf("the execution is being ended, but that cannot be recorded yet: %w", *cause)
			}
		}
	}
}

// cancelIdle answers for an execution that this process does not drive: it has ended, or the daemon is shutting down.
func (e *Executor) cancelIdle(ctx context.Context, id string) error {
	execution, err := e.journal.Get(ctx, id)
	if err == nil && !executionEnded(execution.Status) {
		return ErrDraining
	}
	return err
}
