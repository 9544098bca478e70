package runners

import (
	"context"
	"sync"
)

// Locks lets one at a time work on a sandbox, for drivers. Its zero value is ready.
type Locks struct {
	mu   sync.Mutex
	held map[string]chan struct{} // by id; closed when released
}

// Lock waits until nobody else holds the id, or returns ctx's error.
func (l *Locks) Lock(ctx context.Context, id string) (unlock func(), err error) {
	for {
		l.mu.Lock()
		other, held := l.held[id]
		if !held {
			mine := make(chan struct{})
			if l.held == nil {
				l.held = make(map[string]chan struct{})
			}
			l.held[id] = mine
			l.mu.Unlock()
			return func() { l.release(id, mine) }, nil
		}
		l.mu.Unlock()
		select {
		case <-other:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (l *Locks) release(id string, mine chan struct{}) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.held, id)
	close(mine)
}
