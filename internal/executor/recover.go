package executor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/clockworkd/clockwork/internal/bundle"
	"github.com/clockworkd/clockwork/internal/journal"
	"github.com/clockworkd/clockwork/internal/policy"
	"github.com/clockworkd/clockwork/internal/runners"
)

// Recover takes up every execution that the journal says has not ended, as it was left by a shutdown or a crash. It is called
// once, before the first Execute and before the runners collect orphans, and returns the sandboxes that are spoken for.
func (e *Executor) Recover(ctx context.Context) (sandboxes map[string]bool, err error) {
	ids, err := e.journal.Unfinished(ctx)
	if err != nil {
		return nil, fmt.Errorf("cannot read the unfinished executions: %w", err)
	}
	sandboxes = map[string]bool{}
	for _, id := range ids {
		recorded, err := e.journal.Get(ctx, id)
		if err == nil {
			sandboxes[recorded.Sandbox.ID] = true
			err = e.takeUp(ctx, recorded)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err != nil { // one that cannot be read must not keep the others from going on
			e.log.Error("cannot take up an execution; it stays as it is", zap.String("execution", id), zap.Error(err))
		}
	}
	return sandboxes, nil
}

// takeUp drives an execution from where the journal says it is.
func (e *Executor) takeUp(ctx context.Context, recorded journal.Execution) error {
	request, err := e.journal.Request(ctx, recorded.ID)
	if err != nil {
		return err
	}
	// It was within the limits when it was admitted; that they are tighter now does not matter.
	normal, err := bundle.Normalize(request.GetBundle(), request.GetVars(), bundle.Unlimited())
	if err != nil {
		return err
	}
	options := *e.options.Load()
	runner, defaults := e.runnerOf(recorded)
	p := newPlan(recorded.ID, normal, optionsOf(request), defaults,
		policy.Judge(normal, options.Profile), recorded.Created, options.ParallelSteps)
	x, err := e.newExecution(p, recorded, runner, func() {})
	if err != nil {
		return err
	}
	x.damage = recorded.Damage
	x.log.Info("execution taken up", zap.String("status", executionWord(recorded.Status)), zap.String("sandbox", recorded.Sandbox.ID))
	e.drive(x, x.resumption(recorded.Sandbox))
	return nil
}

// runnerOf finds the runner of a recorded execution. Where the configuration has it no more, the execution can only end.
func (e *Executor) runnerOf(recorded journal.Execution) (*runners.Runner, runnerDefaults) {
	runner, found := e.runners.Get(recorded.Runner)
	if !found {
		return nil, runnerDefaults{name: recorded.Runner, driver: recorded.RunnerType}
	}
	return runner, defaultsOf(runner)
}

// resumption says how an execution goes on after a restart: by joining its sandbox, or by looking for one.
func (x *execution) resumption(sandbox journal.Sandbox) []action {
	switch {
	case x.runner == nil:
		return []action{vanish{message: fmt.Sprintf("runner %q is not configured any more", x.plan.runner)}}
	case sandbox.ID == "" && x.machine.unended == 0:
		x.inbox.post(nothingLeft{})
		return nil
	case sandbox.ID == "" && x.damage != "":
		return []action{vanish{}}
	case sandbox.ID == "":
		return []action{acquire{}}
	default:
		return []action{rejoin{sandbox: sandbox}}
	}
}

// rejoin connects to the sandbox that served the execution before. Where the execution ends before that is done, it goes on for a while: the
// sandbox is there, most likely, and has to be destroyed.
func (x *execution) rejoin(ctx context.Context, sandbox journal.Sandbox) {
	ctx, cancel := context.WithCancel(ctx)
	s := &search{cancel: func() { time.AfterFunc(cleanupTimeout, cancel) }, done: make(chan struct{})}
	x.search = s
	x.tasks.Go(func() {
		defer close(s.done)
		defer cancel()
		lease, err := x.reconnect(ctx, sandbox.ID)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			x.inbox.post(x.vanished("the sandbox is gone: " + err.Error()))
			return
		}
		s.lease = lease
		if now := lease.Sandbox().Agent.Hello().Incarnation; now != sandbox.Incarnation {
			x.inbox.post(x.vanished("the sandbox was restarted, and what ran in it is gone"))
			return
		}
		if x.damage != "" {
			x.inbox.post(x.vanished(""))
			return
		}
		x.inbox.post(sandboxRecovered{})
	})
}

// vanished says that what ran before the restart is given up. Damage of the record is the graver reason.
func (x *execution) vanished(message string) input {
	if x.damage == "" {
		return sandboxVanished{message: message, known: x.allRemembered()}
	}
	message = fmt.Sprintf("the record of the execution's output is damaged, so that it cannot go on: %s", x.damage)
	return recordDamaged{message: message, known: x.allRemembered()}
}

// reconnect keeps trying while the sandbox may still be there: its host may be out of reach for a while.
func (x *execution) reconnect(ctx context.Context, id string) (*runners.Lease, error) {
	for {
		lease, err := x.runner.Recover(ctx, id)
		if err == nil || errors.Is(err, runners.ErrGone) || ctx.Err() != nil {
			return lease, err
		}
		x.log.Warn("cannot reach the sandbox; trying again", zap.String("sandbox", id), zap.Duration("in", reconnectPause), zap.Error(err))
		select {
		case <-time.After(reconnectPause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// reconnectPause is the wait between two tries to reach the sandbox of a recovered execution.
const reconnectPause = 2 * time.Second
