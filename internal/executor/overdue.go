package executor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"
)

// agentMargin is how much later than promised an agent may keep a deadline before its sandbox is destroyed from outside: a step can freeze
// the agent that should end it.
const agentMargin = 10 * time.Second

var (
	// errOverdue says that an attempt's timeout has passed, with the grace after it, and the agent has not said how it ended.
	errOverdue = errors.New("the agent did not keep the step's timeout")
	// errUnanswered says that the agent has not carried out a terminate.
	errUnanswered = errors.New("the agent did not end the step when it was told to")
	// errNoRoom says that the attempt was ended from outside, and waited for nothing but the journal.
	errNoRoom = errors.New("the journal could not be written")
)

// limit bounds the attempt from outside. The agent keeps the step's timeout; once that must have ended the step, output waits for no room
// any more, and later an agent that did not keep it is not waited for.
func (a *attempt) limit() (stop func()) {
	step := &a.execution.plan.steps[a.step]
	if step.timeout == 0 {
		return func() {}
	}
	ended := step.timeout + a.execution.plan.grace
	ending := time.AfterFunc(ended, func() { a.ending.Store(true) })
	overdue := time.AfterFunc(ended+agentMargin, func() { a.abandon(errOverdue) })
	return func() {
		ending.Stop()
		overdue.Stop()
	}
}

// destroySandbox ends an abandoned attempt by destroying its sandbox, and completes its outcome.
func (a *attempt) destroySandbox(ctx context.Context, cause error, end *outcome) {
	x, reason := a.execution, cause
	if a.dropped.begun() {
		reason = errNoRoom // the agent may have kept its promise, and could not say so
	}
	x.log.Warn("destroying the sandbox of a step that does not come to its end", zap.String("sandbox", a.sandbox.ID), zap.Error(reason))
	ctx, cancel := context.WithTimeout(ctx, cleanupTimeout)
	defer cancel()
	if err := a.lease.Release(ctx); err != nil {
		x.log.Warn("cannot destroy the sandbox; trying again later", zap.String("sandbox", a.sandbox.ID), zap.Error(err))
	}
	end.destroyed, end.terminated = true, true
	end.result.Status, end.result.ErrorMessage = stepLost, reason.Error()+"; its sandbox was destroyed"
	if errors.Is(cause, errOverdue) {
		end.result.Status = stepTimeout
		end.result.ErrorMessage = fmt.Sprintf("ran longer than its timeout of %s; %v, so its sandbox was destroyed",
			x.plan.steps[a.step].timeout, reason)
	}
}
