package runners

import (
	"context"
	"sync"
	"time"
)

// waiter is a call of Acquire that found no idle sandbox. The pool's mutex guards its fields; the channels and the reporter
// may be used without it.
type waiter struct {
	arrival  uint64
	creation *creation // the one that works for it; nil while it is queued
	fault    error     // of the last failed attempt to provision for it

	provisioning bool          // whether the queue phase is over
	provision    chan struct{} // closed then
	outcome      chan outcome  // gets one value, then the pool has forgotten the waiter
	progress     *reporter
}

// outcome is what a waiter gets: a sandbox or an error.
type outcome struct {
	member *member
	err    error
}

func newWaiter(progress *reporter) *waiter {
	return &waiter{provision: make(chan struct{}), outcome: make(chan outcome, 1), progress: progress}
}

// enterProvision ends the queue phase.
func (w *waiter) enterProvision() {
	if !w.provisioning {
		w.provisioning = true
		close(w.provision)
	}
}

// await waits through both phases, whose lengths it writes into lease. A timeout's error does not name the cause yet.
func (w *waiter) await(ctx context.Context, o AcquireOptions, lease *Lease) (*member, *AcquireError) {
	got, err := within(ctx, PhaseQueue, o.QueueTimeout, &lease.Queue, w.provision, w.outcome)
	if got == nil && err == nil {
		got, err = within(ctx, PhaseProvision, o.ProvisionTimeout, &lease.Provision, nil, w.outcome)
	}
	if err != nil {
		return nil, err
	}
	return got.member, nil
}

// within waits for an outcome in one phase. Neither an outcome nor an error means that the next phase has begun.
func within(
	ctx context.Context, phase Phase, timeout time.Duration, spent *time.Duration, next <-chan struct{}, outcomes <-chan outcome,
) (*outcome, *AcquireError) {
	timer := time.NewTimer(timeout)
	defer timer.Stop()
	defer func(since time.Time) { *spent = time.Since(since) }(time.Now())
	select {
	case got := <-outcomes:
		if got.err != nil {
			return nil, &AcquireError{Phase: phase, Err: got.err}
		}
		return &got, nil
	case <-next:
		return nil, nil
	case <-timer.C:
		return nil, &AcquireError{Phase: phase, Timeout: timeout, Err: errTimeout}
	case <-ctx.Done():
		return nil, &AcquireError{Phase: phase, Err: context.Cause(ctx)}
	}
}

// reporter passes progress on until it is closed.
type reporter struct {
	mu   sync.Mutex
	tell func(Phase, string)
}

func (r *reporter) report(phase Phase, message string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.tell != nil {
		r.tell(phase, message)
	}
}

func (r *reporter) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.tell = nil
}
