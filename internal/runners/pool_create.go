package runners

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/gofrs/uuid/v5"
	"go.uber.org/zap"
)

// creation is a sandbox being created, in as many attempts as that takes. The pool's mutex guards its fields.
type creation struct {
	owner   *waiter // whom it works for; nil: it fills the pool
	stopped bool
	cancel  context.CancelFunc
}

// isSpare tells whether it works for nobody and may still lead to a sandbox.
func (c *creation) isSpare() bool { return c.owner == nil && !c.stopped }

// stop makes the creation end soon. It counts until it has ended.
func (c *creation) stop() {
	c.stopped = true
	c.cancel()
}

// startCreation begins to create a sandbox. The mutex is held.
func (p *pool) startCreation() *creation {
	c := &creation{}
	p.creations = append(p.creations, c)
	c.cancel = p.tasks.start(func(ctx context.Context) { p.create(ctx, c) })
	return c
}

// create makes one attempt after the other until there is a sandbox, or until there is no sense in another one.
func (p *pool) create(ctx context.Context, c *creation) {
	delays := retryDelays()
	for {
		id := uuid.Must(uuid.NewV7()).String()
		fault := p.attempt(ctx, c, id)
		if fault == nil || !p.tryAgain(ctx, c, id, fault) {
			return
		}
		p.report(c, fmt.Sprintf("trying again: %v", fault))
		if p.destroyRepeatedly(ctx, id) != nil || pause(ctx, delays.NextBackOff()) != nil {
			p.change(func() { p.giveUp(c, id) })
			return
		}
		p.change(func() { delete(p.ours, id) })
	}
}

// attempt creates a sandbox. Settling finds out who gets it.
func (p *pool) attempt(ctx context.Context, c *creation, id string) error {
	p.change(func() { p.ours[id] = struct{}{} })
	bounded, cancel := context.WithTimeout(ctx, p.options.ProvisionTimeout)
	defer cancel()
	sandbox, err := p.provision(bounded, Spec{ID: id, Progress: func(message string) { p.report(c, message) }})
	switch {
	case err == nil:
		p.change(func() {
			p.drop(c)
			p.lastFault, p.refillAt = nil, time.Time{}
			p.refillDelays.Reset()
			p.makeIdle(&member{Sandbox: sandbox})
		})
		return nil
	case ctx.Err() == nil && bounded.Err() != nil:
		return fmt.Errorf("%w: not ready within %v: %w", ErrTemporary, p.options.ProvisionTimeout, err)
	default:
		return err
	}
}

// report passes a driver's progress to whoever waits for this creation, if anybody does.
func (p *pool) report(c *creation, message string) {
	p.mu.Lock()
	owner := c.owner
	p.mu.Unlock()
	if owner != nil {
		owner.progress.report(PhaseProvision, message)
	}
}

// tryAgain tells whether to make another attempt: after a temporary fault, while somebody waits. If not, the creation is over.
func (p *pool) tryAgain(ctx context.Context, c *creation, id string, fault error) (again bool) {
	p.change(func() {
		if ctx.Err() != nil {
			p.giveUp(c, id)
			return
		}
		p.note(id, fault)
		if c.owner == nil {
			p.giveUp(c, id)
			return
		}
		if again = errors.Is(fault, ErrTemporary); again {
			c.owner.fault = fault
			return
		}
		p.dismiss(c.owner, outcome{err: fault})
		p.giveUp(c, id)
	})
	return again
}

// note keeps a fault for the status and holds the refill back for a while.
func (p *pool) note(id string, fault error) {
	wait := p.refillDelays.NextBackOff()
	p.lastFault, p.refillAt = fault, time.Now().Add(wait)
	p.log.Warn("cannot provision a sandbox", zap.String("sandbox", id), zap.Error(fault), zap.Duration("refill_after", wait))
}

// giveUp ends a creation and buries what its last attempt may have left.
func (p *pool) giveUp(c *creation, id string) {
	p.drop(c)
	p.bury(id, nil)
}

// drop ends a creation. Whoever it worked for is assigned another one.
func (p *pool) drop(c *creation) {
	p.creations = slices.DeleteFunc(p.creations, func(other *creation) bool { return other == c })
	if c.owner != nil {
		c.owner.creation, c.owner = nil, nil
	}
}
