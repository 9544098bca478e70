package executor

import (
	"context"
	"time"

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
	overdue := time.AfterFunc(x.plan.grace+agentMargin, func() { a.abandon(errUnanswered) })
	x.tasks.Go(func() {
		defer overdue.Stop()
		a.end(ctx)
		a.ending.Store(true)
		<-a.over
	})
}

// end asks the agent, once it has the process.
func (a *attempt) end(ctx context.Context) {
	select {
	case <-a.exists:
	case <-a.over:
		return
	case <-ctx.Done():
		return
	}
	x := a.execution
	if err := a.sandbox.Agent.Terminate(ctx, a.processID(), x.plan.grace); err != nil && ctx.Err() == nil {
		x.log.Warn("cannot terminate a step", zap.Int("step", a.step), zap.Error(err))
	}
}
