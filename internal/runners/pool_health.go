package runners

import (
	"context"
	"slices"
	"sync"
	"time"

	"go.uber.org/zap"
)

// healthTimeout is how long an idle sandbox may take to answer before it is given out. One that takes longer is of less
// use than a new one.
const healthTimeout = 5 * time.Second

// healthy asks an idle sandbox whether it is still there. One that is not is buried.
func (p *pool) healthy(ctx context.Context, m *member) bool {
	bounded, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	err := m.Agent.Ping(bounded)
	if err == nil {
		return true
	}
	p.change(func() {
		if ctx.Err() != nil { // nobody waited for the answer: that says nothing about the sandbox
			p.makeIdle(m)
			return
		}
		p.log.Warn("an idle sandbox does not answer", zap.String("sandbox", m.ID), zap.Error(err))
		delete(p.leased, m)
		p.bury(m.ID, m.Sandbox)
	})
	return false
}

// checkIdle asks all idle sandboxes whether they are still there, so that those that are not make way for new ones before somebody waits. It
// also mends connections that broke, and shows the agents that somebody still counts on them.
func (p *pool) checkIdle(ctx context.Context) {
	p.mu.Lock()
	idle := slices.Clone(p.idle)
	p.mu.Unlock()
	var all sync.WaitGroup
	for _, m := range idle {
		all.Go(func() {
			bounded, cancel := context.WithTimeout(ctx, healthTimeout)
			defer cancel()
			if err := m.Agent.Ping(bounded); err != nil && ctx.Err() == nil {
				p.discard(m, err)
			}
		})
	}
	all.Wait()
}

// discard buries an idle sandbox that does not answer, unless it was given out meanwhile: then whoever has it finds out.
func (p *pool) discard(m *member, reason error) {
	p.change(func() {
		i := slices.Index(p.idle, m)
		if i < 0 {
			return
		}
		p.log.Warn("an idle sandbox does not answer", zap.String("sandbox", m.ID), zap.Error(reason))
		p.idle = slices.Delete(p.idle, i, i+1)
		p.bury(m.ID, m.Sandbox)
	})
}
