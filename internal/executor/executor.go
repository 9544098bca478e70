package executor

import (
	"context"
	"sync"
	"sync/atomic"

	"go.uber.org/zap"

	"github.com/clockworkd/clockwork/internal/bundle"
	"github.com/clockworkd/clockwork/internal/journal"
	"github.com/clockworkd/clockwork/internal/policy"
	"github.com/clockworkd/clockwork/internal/runners"
)

// Options bound what an executor takes on.
type Options struct {
	// Limits of a bundle.
	Limits bundle.Limits
	// Profile that bundles are judged by.
	Profile policy.Profile
	// MaxQueued is how many executions may wait for a sandbox.
	MaxQueued int
	// ParallelSteps is how many steps of a graph may run at once.
	ParallelSteps int
}

// DefaultOptions returns the bounds of a daemon that sets none.
func DefaultOptions() Options {
	return Options{
		Limits: bundle.DefaultLimits(), Profile: policy.DefaultProfile(),
		MaxQueued: 1000, ParallelSteps: 16,
	}
}

// Executor runs executions. All methods may be called concurrently.
type Executor struct {
	journal  journal.Store
	runners  *runners.Registry
	log      *zap.Logger
	options  atomic.Pointer[Options]
	draining atomic.Bool

	// ctx ends when executions are to be left as they are.
	ctx    context.Context //nolint:containedctx // it is the life of the executor, not of a call
	leave  context.CancelFunc
	queued atomic.Int64
	mu     sync.Mutex
	// live holds the executions that this process drives, by id. No execution is added after closed is set.
	live   map[string]*execution
	closed bool
	drives sync.WaitGroup
}

// New returns an executor that drives nothing yet. The journal and the runners stay the caller's, and must outlive it.
func New(store journal.Store, registry *runners.Registry, options Options, log *zap.Logger) *Executor {
	ctx, leave := context.WithCancel(context.Background())
	e := &Executor{journal: store, runners: registry, log: log, ctx: ctx, leave: leave, live: map[string]*execution{}}
	e.options.Store(&options)
	return e
}

// SetOptions changes the bounds for executions that are admitted from now on.
func (e *Executor) SetOptions(options Options) {
	e.options.Store(&options)
}

// Live returns how many executions have not ended.
func (e *Executor) Live() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.live)
}

// drive runs an execution in a goroutine of its own. Where the executor is closed, the next start of the daemon takes it up.
func (e *Executor) drive(x *execution, first []action) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		_ = x.writer.Close() // nothing was written through it
		return
	}
	e.live[x.plan.id] = x
	e.drives.Go(func() {
		x.run(e.ctx, first)
		e.mu.Lock()
		defer e.mu.Unlock()
		delete(e.live, x.plan.id)
	})
}

// Drain refuses new executions from now on and waits until the running ones have ended, or until the context is done.
func (e *Executor) Drain(ctx context.Context) error {
	e.draining.Store(true)
	done := make(chan struct{})
	go func() {
		defer close(done)
		e.drives.Wait()
	}()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close leaves what still runs as it is: its steps go on in their sandboxes, and the next start of the daemon takes them up.
func (e *Executor) Close() {
	e.draining.Store(true)
	e.mu.Lock()
	e.closed = true
	e.mu.Unlock()
	e.leave()
	e.drives.Wait()
}
