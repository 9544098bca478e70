package executor

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/gofrs/uuid/v5"
	"go.uber.org/zap"
	"google.golang.org/protobuf/types/known/structpb"

	"github.com/clockworkd/clockwork/internal/bundle"
	"github.com/clockworkd/clockwork/internal/journal"
	"github.com/clockworkd/clockwork/internal/policy"
	"github.com/clockworkd/clockwork/internal/runners"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// judgement is what is known of a request that may run.
type judgement struct {
	bundle  *bundle.Bundle
	verdict policy.Verdict
	runner  *runners.Runner
	reason  string
}

// Execute admits a request and starts driving it. When it returns, the execution is durable and has an id; it does not depend
// on the context any more. A known idempotency key of the same principal returns the execution it stands for.
//
// Errors: Faults, *PolicyError, *runners.SelectionError, ErrQueueFull, ErrDraining, and those of journal.Store.Create.
func (e *Executor) Execute(ctx context.Context, principal string, request *clockworkv1.ExecuteBundleRequest) (string, error) {
	if e.draining.Load() {
		return "", ErrDraining
	}
	options := *e.options.Load()
	judged, err := e.judge(ctx, options, request.GetBundle(), request.GetVars(), request.GetRunner(), request.GetRequirements())
	if err != nil {
		return "", err
	}
	release, err := e.enqueue(options.MaxQueued)
	if err != nil {
		return "", err
	}
	id, err := uuid.NewV7()
	if err != nil {
		release()
		return "", fmt.Errorf("cannot draw an id: %w", err)
	}
	p := newPlan(id.String(), judged.bundle, optionsOf(request), defaultsOf(judged.runner), judged.verdict, time.Now(), options.ParallelSteps)
	recorded, created, err := e.journal.Create(ctx, admission(p, judged, principal, request))
	if err != nil || !created {
		release()
		return recorded.ID, err
	}
	x, err := e.newExecution(p, recorded, judged.runner, release)
	if err != nil {
		return "", err
	}
	x.log.Info("execution accepted", zap.String("principal", principal), zap.String("runner", p.runner), zap.Int("steps", len(p.steps)))
	e.drive(x, []action{acquire{}})
	return p.id, nil
}

// judge decides whether a bundle may run, and where.
func (e *Executor) judge(ctx context.Context, options Options, b *clockworkv1.ArtifactBundle, vars map[string]*structpb.Value,
	runner string, requirements *clockworkv1.RunnerRequirements,
) (judgement, error) {
	normal, err := bundle.Normalize(b, vars, options.Limits)
	if err != nil {
		return judgement{}, err
	}
	j := judgement{bundle: normal, verdict: policy.Judge(normal, options.Profile)}
	if !j.verdict.Allowed() {
		return j, &PolicyError{Verdict: j.verdict}
	}
	j.runner, j.reason, err = e.runners.Select(ctx, requirementsOf(runner, requirements))
	return j, err
}

// enqueue takes a place in the queue; the function it returns gives it back, once however often it is called.
func (e *Executor) enqueue(limit int) (release func(), err error) {
	if e.queued.Add(1) > int64(limit) {
		e.queued.Add(-1)
		return nil, ErrQueueFull
	}
	return sync.OnceFunc(func() { e.queued.Add(-1) }), nil
}

func (e *Executor) newExecution(p *plan, recorded journal.Execution, runner *runners.Runner, release func()) (*execution, error) {
	writer, err := e.journal.Writer(e.ctx, p.id)
	if err != nil {
		release()
		return nil, err
	}
	return &execution{
		plan: p, machine: restoreMachine(p, recorded), journal: e.journal, writer: writer, runner: runner,
		log: e.log.With(zap.String("execution", p.id)), inbox: newInbox(), queued: release, attempts: map[int]*attempt{}, gone: make(chan struct{}),
	}, nil
}

func admission(p *plan, judged judgement, principal string, request *clockworkv1.ExecuteBundleRequest) journal.Admission {
	return journal.Admission{
		ID: p.id, Principal: principal, Key: request.GetIdempotencyKey(), Digest: judged.bundle.Digest, Request: request,
		Header: journal.Header{
			Status: executionQueued, Runner: p.runner, RunnerType: p.runnerType, RunnerReason: judged.reason,
			BundleDigest: judged.bundle.Digest,
		},
		Steps: pendingSteps(p),
		Event: &clockworkv1.Event{Time: timestamp(p.created), Kind: &clockworkv1.Event_Accepted{
			Accepted: &clockworkv1.ExecutionAccepted{
				Runner: p.runner, RunnerType: p.runnerType, RunnerReason: judged.reason, BundleDigest: judged.bundle.Digest,
				TotalSteps: uint32(len(p.steps)), Warnings: allWarnings(judged.verdict),
			},
		}},
	}
}
