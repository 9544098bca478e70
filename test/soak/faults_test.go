package soak

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// fault is something that strikes all executions at once.
type fault string

const (
	killDaemon  fault = "SIGKILL of the daemon"
	killTwice   fault = "SIGKILL of the daemon, and of the next while it starts"
	drainDaemon fault = "SIGTERM of the daemon"
	killAgent   fault = "SIGKILL of an agent"
	cutClients  fault = "cut of the connections"
)

// faults holds each fault as often as it is likely.
var faults = []fault{killDaemon, killDaemon, killDaemon, killTwice, drainDaemon, killAgent, killAgent, cutClients, cutClients}

// faultPercent is after how many of a hundred executions a fault strikes.
const faultPercent = 16

// chaos strikes faults and counts them.
type chaos struct {
	dice
	daemon *harness.Daemon
	proxy  *proxy
	struck map[fault]int
}

// maybeStrike draws whether a fault strikes, and which, and has it strike a moment later.
func (c *chaos) maybeStrike(t *testing.T) {
	t.Helper()
	if !c.chance(faultPercent) {
		return
	}
	next := faults[c.IntN(len(faults))]
	c.pause()
	if c.strike(t, next) {
		c.struck[next]++
	}
}

// pause lets a random moment pass.
func (c *chaos) pause() { <-time.After(c.upTo(250 * time.Millisecond)) }

// strike tells whether there was something to strike.
func (c *chaos) strike(t *testing.T, next fault) bool {
	t.Helper()
	switch next {
	case killDaemon:
		c.daemon.Kill(t)
		c.daemon.Start(t)
	case killTwice:
		c.daemon.Kill(t)
		c.daemon.Launch(t)
		c.pause()
		c.daemon.Kill(t)
		c.daemon.Start(t)
	case drainDaemon:
		c.daemon.Stop(t).Want(t, 0)
		c.daemon.Start(t)
	case killAgent:
		return c.killAgent(t)
	case cutClients:
		c.proxy.cut()
	}
	return true
}

func (c *chaos) killAgent(t *testing.T) bool {
	t.Helper()
	agents := slices.DeleteFunc(c.daemon.Sandboxed(t), func(p harness.Process) bool { return !strings.Contains(p.Command, "clockwork-agent") })
	return len(agents) > 0 && syscall.Kill(agents[c.IntN(len(agents))].PID, syscall.SIGKILL) == nil
}
