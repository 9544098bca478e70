package runners

import (
	"context"
	"sync"
	"time"
)

// Lease is the right to use one sandbox, for one execution. It ends with Release, which destroys the sandbox: none serves
// twice. Where the sandbox must outlive the daemon, it is not released: Runner.Close lets go of it, Runner.Recover finds it again.
type Lease struct {
	// Warm tells whether the sandbox was ready when it was asked for.
	Warm bool
	// Queue and Provision are how long its phases took.
	Queue     time.Duration
	Provision time.Duration

	pool   *pool
	member *member

	mu       sync.Mutex
	released bool
}

// Sandbox returns what was leased. It is not used after Release.
func (l *Lease) Sandbox() *Sandbox { return l.member.Sandbox }

// Release ends everything in the sandbox and destroys it. An error says that the sandbox still exists; it is destroyed in the
// background then, repeatedly until that succeeds, and by the next daemon if it never does. Another call does nothing.
func (l *Lease) Release(cleanup context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.released {
		return nil
	}
	l.released = true
	return l.pool.release(cleanup, l.member)
}
