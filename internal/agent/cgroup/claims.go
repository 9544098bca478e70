package cgroup

import "sync"

// claims shares out what was counted in a cgroup among those that were in it at the same time.
type claims struct {
	mu      sync.Mutex
	staying int
	claimed uint64 // of the kills, those that have found their owner
}

func (c *claims) begin() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.staying++
}

// end returns how many of the kills since a stay began are put down to it. Who is alone has all. Of others one is, if it
// was killed; one that ended badly may have lost a child, and has it if nobody else has.
func (c *claims) end(before, now uint64, how Ending) uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	alone := c.staying == 1
	c.staying--
	open := now - min(now, max(before, c.claimed))
	if open == 0 || (how == Well && !alone) {
		return 0
	}
	if !alone {
		open = 1
	}
	c.claimed = max(before, c.claimed) + open
	return open
}
