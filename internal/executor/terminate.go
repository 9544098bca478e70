package executor

import (
	"context"

	"go.uber.org/zap"
)

// terminate ends the running attempt of a step with its whole tree. It waits for the process to exist: a cancel that overtakes
// the start must not be lost.
func (x *execution) terminate(ctx context.Context, step int) {
	a := x.attempts[step]
	if a == nil || a.terminating {
		return
	}
	a.terminating = true
	x.tasks.Go(func() {
		select {
		case <-a.exists:
		case <-a.over:
			return
		case <-ctx.Done():
			return
		}
		if err := a.sandbox.Agent.Terminate(ctx, a.processID(), x.plan.grace); err != nil && ctx.Err() == nil {
			x.log.Warn("cannot terminate a step", zap.Int("step", step), zap.Error(err))
		}
	})
}
