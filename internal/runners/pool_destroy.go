package runners

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"
)

// destroyTimeout bounds one attempt to destroy a sandbox in the background.
const destroyTimeout = 2 * time.Minute

// bury destroys a sandbox in the background, or what an id may have left, repeatedly until that succeeds. It counts until
// then. The mutex is held.
func (p *pool) bury(id string, sandbox *Sandbox) {
	p.buried++
	p.ours[id] = struct{}{}
	p.tasks.start(func(ctx context.Context) {
		if sandbox != nil {
			p.disconnect(sandbox)
		}
		if p.destroyRepeatedly(ctx, id) == nil {
			p.change(func() { p.exhume(id) })
		}
	})
}

// exhume ends a burial: nothing of the sandbox is left.
func (p *pool) exhume(id string) {
	p.buried--
	delete(p.ours, id)
}

// destroyRepeatedly destroys a sandbox, with backoff until it succeeds or ctx is done, whose error it returns then.
func (p *pool) destroyRepeatedly(ctx context.Context, id string) error {
	delays := retryDelays()
	for {
		err := p.destroyOnce(ctx, id)
		if err == nil {
			return nil
		}
		wait := delays.NextBackOff()
		if ctx.Err() == nil {
			p.log.Warn("cannot destroy a sandbox", zap.String("sandbox", id), zap.Error(err), zap.Duration("again_after", wait))
		}
		if err := pause(ctx, wait); err != nil {
			return err
		}
	}
}

func (p *pool) destroyOnce(ctx context.Context, id string) error {
	ctx, cancel := context.WithTimeout(ctx, destroyTimeout)
	defer cancel()
	return p.driver.Destroy(ctx, id)
}

// release destroys a leased sandbox within the cleanup context, or else in the background.
func (p *pool) release(cleanup context.Context, m *member) error {
	err := errClosed
	p.change(func() {
		if p.phase == poolClosed {
			return
		}
		err = nil
		delete(p.leased, m)
		p.buried++
	})
	if err != nil {
		return err
	}
	p.disconnect(m.Sandbox)
	err = p.driver.Destroy(cleanup, m.ID)
	p.change(func() {
		if err == nil {
			p.exhume(m.ID)
			return
		}
		p.buried--
		p.bury(m.ID, nil)
	})
	if err != nil {
		return fmt.Errorf("cannot destroy sandbox %s yet, going on in the background: %w", m.ID, err)
	}
	return nil
}

// errClosed is why a lease cannot be released any more.
var errClosed = errors.New("cannot destroy the sandbox: its runner is closed; the next start of the daemon collects it")

// disconnect closes the connection to an agent. That it fails changes nothing, as the connection is not used again.
func (p *pool) disconnect(s *Sandbox) {
	if err := s.Agent.Close(); err != nil {
		p.log.Debug("cannot close the connection to an agent", zap.String("sandbox", s.ID), zap.Error(err))
	}
}
