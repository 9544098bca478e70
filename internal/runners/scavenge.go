package runners

import (
	"context"
	"time"

	"go.uber.org/zap"
)

// Scavenger is a Driver that also removes what no driver's List finds, because it belongs to nobody who could ask any more:
//
//   - sandboxes of this daemon whose runner is not configured any more: their executions have ended;
//   - what daemons that never come back have left where several daemons share an environment. The state of such a daemon was removed, and with
//     it its id. The agents of its sandboxes end by themselves (see package agent/serve); this is for what is left then, and for
//     sandboxes that were never completed.
//
// What belongs to another daemon that may come back, or that is younger than it takes to create a sandbox, is left alone, and so is
// everything that is alive.
type Scavenger interface {
	Driver
	// Scavenge does it once; configured tells the names of all runners of this daemon. Several may do it at once. An error names what
	// could not be removed; the rest was.
	Scavenge(ctx context.Context, configured func(runner string) bool) error
}

// scavengeTimeout bounds one round of one driver.
const scavengeTimeout = 2 * time.Minute

// scavenge has all drivers that can do so remove what is nobody's, now and from time to time, until ctx is done.
func (g *Registry) scavenge(ctx context.Context) {
	ticker := time.NewTicker(sweepInterval)
	defer ticker.Stop()
	for {
		for _, r := range g.runners {
			if driver, can := r.driver.(Scavenger); can {
				g.scavengeOnce(ctx, r, driver)
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}

func (g *Registry) scavengeOnce(ctx context.Context, r *Runner, driver Scavenger) {
	bounded, cancel := context.WithTimeout(ctx, scavengeTimeout)
	defer cancel()
	err := driver.Scavenge(bounded, func(name string) bool {
		_, found := g.Get(name)
		return found
	})
	if err != nil && ctx.Err() == nil {
		r.pool.log.Warn("cannot remove what sandboxes of nobody have left", zap.Error(err))
	}
}
