package main

import (
	"context"
	"fmt"
	"time"
)

// settling is how long memory is given to go back to the system.
const settling = 5 * time.Second

// Bounds of memory, in MiB.
const (
	daemonIdle = 64
	agentIdle  = 10
	growth     = 32
)

// measureMemory measures what the daemon and its agents hold when nothing runs, and what a step that prints outputBytes adds.
func measureMemory(ctx context.Context, b *bench) ([]Figure, error) {
	d, err := b.start(ctx, localRunner)
	if err != nil {
		return nil, err
	}
	defer d.end(b)
	if _, err := d.execute(ctx, local, repeat(stepsPerRound, program)...); err != nil {
		return nil, err
	}
	var idle, agent, daemonGrowth, agentGrowth samples
	for range min(b.rounds, outputRounds) {
		if err := pause(ctx, settling); err != nil {
			return nil, err
		}
		agents, err := d.agents()
		if err != nil {
			return nil, err
		}
		before, err := footprints(append(agents, d.cmd.Process.Pid))
		if err != nil {
			return nil, err
		}
		idle = append(idle, before[d.cmd.Process.Pid])
		agent = append(agent, before[agents[0]])
		peaks := watchPeaks(append(agents, d.cmd.Process.Pid))
		if _, err := d.print(ctx); err != nil {
			return nil, fmt.Errorf("%w", err)
		}
		peak := peaks.stop()
		daemonGrowth = append(daemonGrowth, peak[d.cmd.Process.Pid]-before[d.cmd.Process.Pid])
		grown := 0.0
		for _, pid := range agents {
			grown = max(grown, peak[pid]-before[pid])
		}
		agentGrowth = append(agentGrowth, grown)
	}
	return []Figure{
		bounded("clockworkd idle", "MiB", idle, atMost(daemonIdle)),
		bounded("clockwork-agent idle", "MiB", agent, atMost(agentIdle)),
		bounded("clockworkd, growth by 1 GiB of output", "MiB", daemonGrowth, atMost(growth)),
		bounded("clockwork-agent, growth by 1 GiB of output", "MiB", agentGrowth, atMost(growth)),
	}, nil
}

// pause waits, or returns early with the context's error.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
