package runners

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// acquire leases a sandbox: an idle one that answers, else the first that becomes ready.
func (p *pool) acquire(ctx context.Context, o AcquireOptions) (*Lease, error) {
	lease := &Lease{pool: p}
	progress := &reporter{tell: o.Progress}
	defer progress.close()
	w := newWaiter(progress)
	for {
		m, err := p.admit(w)
		if err != nil {
			return nil, p.acquireError(&AcquireError{Phase: PhaseQueue, Err: err})
		}
		if m == nil {
			break
		}
		start := time.Now()
		healthy := p.healthy(ctx, m)
		lease.Provision += time.Since(start)
		if healthy {
			lease.Warm = true
			return p.lease(lease, m), nil
		}
		if ctx.Err() != nil {
			return nil, p.acquireError(&AcquireError{Phase: PhaseProvision, Err: context.Cause(ctx)})
		}
	}
	m, err := w.await(ctx, p.withDefaults(o), lease)
	if err != nil {
		p.leave(w, err)
		return nil, p.acquireError(err)
	}
	return p.lease(lease, m), nil
}

func (p *pool) withDefaults(o AcquireOptions) AcquireOptions {
	if o.QueueTimeout == 0 {
		o.QueueTimeout = p.options.QueueTimeout
	}
	if o.ProvisionTimeout == 0 {
		o.ProvisionTimeout = p.options.ProvisionTimeout
	}
	return o
}

func (p *pool) acquireError(err *AcquireError) error {
	err.Runner = p.runner
	return err
}

// admit takes an idle sandbox, or puts the waiter into the queue where it belongs by its arrival.
func (p *pool) admit(w *waiter) (m *member, err error) {
	var queued string
	p.change(func() {
		if p.phase != poolOpen {
			err = ErrDraining
			return
		}
		if w.arrival == 0 {
			p.arrivals++
			w.arrival = p.arrivals
		}
		if len(p.idle) > 0 {
			m = p.takeIdle()
			return
		}
		before := slices.IndexFunc(p.waiters, func(other *waiter) bool { return other.arrival > w.arrival })
		if before < 0 {
			before = len(p.waiters)
		}
		p.waiters = slices.Insert(p.waiters, before, w)
		if p.spare() == nil && p.total() >= p.options.Pool.Max {
			queued = fmt.Sprintf("waiting for one of the %d sandboxes of runner %s; %d ahead", p.options.Pool.Max, p.runner, before)
		}
	})
	if queued != "" {
		w.progress.report(PhaseQueue, queued)
	}
	return m, err
}

// dismiss gives a waiter its outcome. What is being created for it works for nobody then.
func (p *pool) dismiss(w *waiter, got outcome) {
	p.forget(w)
	w.outcome <- got
}

// forget takes a waiter out of the queue.
func (p *pool) forget(w *waiter) {
	p.waiters = slices.DeleteFunc(p.waiters, func(other *waiter) bool { return other == w })
	if w.creation != nil {
		w.creation.owner, w.creation = nil, nil
	}
}

// leave is how a waiter gives up. A sandbox that it was given at the last moment becomes idle.
func (p *pool) leave(w *waiter, reason *AcquireError) {
	p.change(func() {
		p.forget(w)
		if w.fault != nil && errors.Is(reason.Err, errTimeout) {
			reason.Err = w.fault
		}
		select {
		case got := <-w.outcome:
			if got.member != nil {
				p.makeIdle(got.member)
			}
		default:
		}
	})
}

// lease completes a lease and counts it.
func (p *pool) lease(l *Lease, m *member) *Lease {
	p.mu.Lock()
	defer p.mu.Unlock()
	l.member = m
	p.totalWait += l.Queue + l.Provision
	if l.Warm {
		p.hits++
	} else {
		p.misses++
	}
	return l
}
