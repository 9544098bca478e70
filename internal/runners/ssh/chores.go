package ssh

import (
	"sync"

	"github.com/clockworkd/clockwork/internal/runners/ssh/link"
)

// chores are the goroutines that wait for channels. They end when the link does.
type chores struct {
	mu      sync.Mutex
	closed  bool
	running sync.WaitGroup
}

// start runs f in a goroutine, unless it is too late for that.
func (c *chores) start(f func()) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return link.ErrClosed
	}
	c.running.Go(f)
	return nil
}

// end waits for all of them.
func (c *chores) end() {
	c.mu.Lock()
	c.closed = true
	c.mu.Unlock()
	c.running.Wait()
}
