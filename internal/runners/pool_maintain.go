package runners

import (
	"context"
	"time"

	"go.uber.org/zap"
)

const (
	// sweepInterval is how often the idle sandboxes are asked whether they are there, and the environment is searched for sandboxes that
	// nobody knows. To search once is not enough: what a process that was killed had ordered may appear later.
	sweepInterval = time.Minute
	// listTimeout bounds one search.
	listTimeout = 30 * time.Second
)

// start begins to keep the pool filled and the environment clean. keep tells which ids somebody still counts on.
func (p *pool) start(keep func(id string) bool) {
	p.change(func() { p.refilling = true })
	p.tasks.start(func(ctx context.Context) { p.maintain(ctx, keep) })
}

// maintain does what is due, then waits until the next thing is.
func (p *pool) maintain(ctx context.Context, keep func(id string) bool) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	var nextSweep time.Time
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-p.wake:
		}
		if now := time.Now(); !now.Before(nextSweep) {
			p.sweep(ctx, keep)
			p.checkIdle(ctx)
			nextSweep = now.Add(sweepInterval)
		}
		timer.Reset(time.Until(p.tidy(nextSweep)))
	}
}

// tidy retires idle sandboxes and refills. It returns when there is something to do again, limit at the latest.
func (p *pool) tidy(limit time.Time) time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.retire()
	p.settle()
	select { // the deadlines below are up to date
	case <-p.wake:
	default:
	}
	now, due := time.Now(), limit
	if len(p.idle) > p.options.Pool.Warm {
		due = earlier(due, p.idle[0].idleSince.Add(p.options.Pool.IdleTimeout))
	}
	if p.refillAt.After(now) {
		due = earlier(due, p.refillAt)
	}
	return due
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// retire buries sandboxes that were idle for too long, beyond those that are kept warm.
func (p *pool) retire() {
	for len(p.idle) > p.options.Pool.Warm && time.Since(p.idle[0].idleSince) >= p.options.Pool.IdleTimeout {
		m := p.idle[0]
		p.idle = p.idle[1:]
		p.bury(m.ID, m.Sandbox)
	}
}

// sweep buries every sandbox of this runner that exists and that nobody knows. It lists them first: what the pool creates
// after that is not in the list, and what it created before that it knows. During a check it does nothing.
func (p *pool) sweep(ctx context.Context, keep func(id string) bool) {
	if !p.probing.TryLock() {
		return
	}
	defer p.probing.Unlock()
	ctx, cancel := context.WithTimeout(ctx, listTimeout)
	defer cancel()
	ids, err := p.driver.List(ctx)
	if err != nil {
		if ctx.Err() == nil {
			p.log.Warn("cannot look for sandboxes that nobody knows", zap.Error(err))
		}
		return
	}
	for _, id := range ids {
		if keep(id) {
			continue
		}
		p.change(func() {
			if _, known := p.ours[id]; known || p.phase == poolClosed {
				return
			}
			p.log.Info("destroying a sandbox that nobody knows", zap.String("sandbox", id))
			p.bury(id, nil)
		})
	}
}
