package runners

import (
	"context"
	"errors"
	"fmt"

	"github.com/cenkalti/backoff/v5"
)

// recover leases a sandbox that was leased before the daemon's restart. It is not held back by Max: the sandbox exists.
func (p *pool) recover(ctx context.Context, id string) (*Lease, error) {
	m := &member{}
	if err := p.claim(m, id); err != nil {
		return nil, err
	}
	sandbox, err := backoff.Retry(ctx, func() (*Sandbox, error) {
		sandbox, err := p.driver.Recover(ctx, id)
		if err != nil && !errors.Is(err, ErrTemporary) {
			return nil, backoff.Permanent(err)
		}
		return sandbox, err
	}, backoff.WithBackOff(retryDelays()), backoff.WithMaxElapsedTime(0))
	p.change(func() {
		if err == nil {
			m.Sandbox = sandbox
			return
		}
		delete(p.leased, m)
		delete(p.ours, id)
		if errors.Is(err, ErrGone) && p.phase != poolClosed {
			p.bury(id, nil) // what it left
		}
	})
	if err != nil {
		return nil, fmt.Errorf("cannot recover sandbox %s of runner %s: %w", id, p.runner, err)
	}
	return &Lease{pool: p, member: m, Warm: true}, nil
}

// claim counts a sandbox as leased before it is known whether it is there, so that it is no orphan meanwhile.
func (p *pool) claim(m *member, id string) (err error) {
	p.change(func() {
		_, known := p.ours[id]
		switch {
		case known:
			err = fmt.Errorf("cannot recover sandbox %s of runner %s: it is in use already", id, p.runner)
		case p.phase != poolOpen:
			err = fmt.Errorf("cannot recover sandbox %s: %w", id, ErrDraining)
		default:
			p.ours[id] = struct{}{}
			p.leased[m] = struct{}{}
		}
	})
	return err
}
