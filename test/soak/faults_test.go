package soak

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// fault is something that strikes all executions at once.
type fault struct {
	name string
	// weight is how likely it is, compared with the others.
	weight int
	// costs is how many sandboxes it may cost.
	costs int
	// strike does it, and tells whether there was something to strike. It returns when the daemon serves again.
	strike func(t *testing.T) bool
}

// faultPercent is after how many of a hundred executions a fault strikes.
const faultPercent = 16

// chaos strikes faults and counts them.
type chaos struct {
	dice
	daemon *harness.Daemon
	proxy  *proxy
	faults []fault
	struck map[string]int
	// price is how many sandboxes the faults so far may have cost.
	price int
}

// newChaos adds the faults that strike every daemon to those of a kind.
func newChaos(d dice, daemon *harness.Daemon, proxy *proxy, own []fault) *chaos {
	c := &chaos{dice: d, daemon: daemon, proxy: proxy, struck: map[string]int{}}
	c.faults = append([]fault{
		{name: "SIGKILL of the daemon", weight: 3, strike: c.killDaemon},
		{name: "SIGKILL of the daemon, and of the next while it starts", weight: 1, strike: c.killTwice},
		{name: "SIGTERM of the daemon", weight: 1, strike: c.drainDaemon},
		{name: "SIGKILL of the daemon, and SIGTERM of the next while it starts", weight: 1, strike: c.killAndDrain},
		{name: "cut of the connections", weight: 2, strike: c.cutClients},
		{name: "full disk", weight: 1, strike: c.fillDisk},
		{name: "full disk, and SIGKILL of the daemon", weight: 1, strike: c.killOnFullDisk},
	}, own...)
	return c
}

// maybeStrike draws whether a fault strikes, and which, and has it strike a moment later.
func (c *chaos) maybeStrike(t *testing.T) {
	t.Helper()
	if !c.chance(faultPercent) {
		return
	}
	next := c.draw()
	c.pause()
	if next.strike(t) {
		c.struck[next.name]++
		c.price += next.costs
	}
}

// draw chooses a fault by weight.
func (c *chaos) draw() fault {
	total := 0
	for _, fault := range c.faults {
		total += fault.weight
	}
	n := c.IntN(total)
	i := slices.IndexFunc(c.faults, func(f fault) bool {
		n -= f.weight
		return n < 0
	})
	return c.faults[i]
}

// pause lets a random moment pass.
func (c *chaos) pause() { <-time.After(c.upTo(250 * time.Millisecond)) }

func (c *chaos) killDaemon(t *testing.T) bool {
	t.Helper()
	c.daemon.Kill(t)
	c.daemon.Start(t)
	return true
}

func (c *chaos) killTwice(t *testing.T) bool {
	t.Helper()
	c.daemon.Kill(t)
	c.daemon.Launch(t)
	c.pause()
	c.daemon.Kill(t)
	c.daemon.Start(t)
	return true
}

func (c *chaos) drainDaemon(t *testing.T) bool {
	t.Helper()
	c.daemon.Stop(t).Want(t, 0)
	c.daemon.Start(t)
	return true
}

func (c *chaos) killAndDrain(t *testing.T) bool {
	t.Helper()
	c.daemon.Kill(t)
	c.daemon.Launch(t)
	c.pause()
	if result := c.daemon.Stop(t); result.Code != 0 && result.Code != -1 { // which it is before it can catch the signal
		t.Errorf("a daemon that was told to stop while it started ended with %d:\n%s", result.Code, result.Stderr)
	}
	c.daemon.Start(t)
	return true
}

func (c *chaos) cutClients(*testing.T) bool {
	c.proxy.cut()
	return true
}

func (c *chaos) fillDisk(t *testing.T) bool {
	t.Helper()
	c.daemon.FillDisk(t)
	c.pause()
	c.daemon.FreeDisk(t)
	return true
}

// killOnFullDisk has a daemon start where there is no room.
func (c *chaos) killOnFullDisk(t *testing.T) bool {
	t.Helper()
	c.daemon.FillDisk(t)
	c.pause()
	c.daemon.Kill(t)
	c.daemon.Start(t)
	c.pause()
	c.daemon.FreeDisk(t)
	return true
}

// String tells how often each fault has struck, one line each.
func (c *chaos) String() string {
	var out strings.Builder
	for _, fault := range c.faults {
		fmt.Fprintf(&out, "\n  %4d × %s", c.struck[fault.name], fault.name)
	}
	return out.String()
}
