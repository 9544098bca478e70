package runners

import (
	"context"
	"fmt"
)

// drain refuses new leases and destroys everything that is not leased. It returns when that is done or ctx is.
func (p *pool) drain(ctx context.Context) error {
	p.change(func() { p.phase = max(p.phase, poolDraining) })
	select {
	case <-p.drained:
		return nil
	case <-ctx.Done():
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return fmt.Errorf("cannot destroy all idle sandboxes of runner %s: %d are left: %w",
		p.runner, p.total()-len(p.leased), context.Cause(ctx))
}

// empty sends every waiter away and gets rid of everything that is not leased.
func (p *pool) empty() {
	for len(p.waiters) > 0 {
		p.dismiss(p.waiters[0], outcome{err: ErrDraining})
	}
	for _, c := range p.creations {
		c.stop()
	}
	for _, m := range p.idle {
		p.bury(m.ID, m.Sandbox)
	}
	p.idle = nil
	if p.total() > len(p.leased) {
		return
	}
	select {
	case <-p.drained:
	default:
		close(p.drained)
	}
}

// close ends the background work and lets go of all connections. The sandboxes stay as they are.
func (p *pool) close() {
	p.change(func() {
		for len(p.waiters) > 0 {
			p.dismiss(p.waiters[0], outcome{err: ErrDraining})
		}
		p.phase = poolClosed
	})
	p.tasks.stop()
	p.mu.Lock()
	defer p.mu.Unlock()
	for m := range p.leased {
		p.idle = append(p.idle, m)
	}
	for _, m := range p.idle {
		if m.Sandbox != nil {
			p.disconnect(m.Sandbox)
		}
	}
}
