package main

import (
	"context"
	"fmt"
	"os/exec"
	"time"
)

// measured is what the rounds of a runner's measurement have brought, in ms.
type measured struct {
	// local and step are a step's share of an execution of many, on the local runner and on the measured one.
	local, step samples
	// localFirst and first are whole executions of one step, in a warm sandbox; cold is one that had to wait for its sandbox.
	localFirst, first, cold samples
	// run and exec are the yardsticks.
	run, exec samples
}

// round measures the runner and the local one once, in sandboxes that are warm.
func (m *measured) round(ctx context.Context, d *daemon, runner string) error {
	for _, side := range []struct {
		runner      string
		step, first *samples
	}{{local, &m.local, &m.localFirst}, {runner, &m.step, &m.first}} {
		if err := d.warm(ctx, side.runner); err != nil {
			return err
		}
		alone, err := d.execute(ctx, side.runner, repeat(1, program)...)
		if err != nil {
			return err
		}
		many, err := d.execute(ctx, side.runner, repeat(stepsPerRound, program)...)
		if err != nil {
			return err
		}
		*side.first = append(*side.first, milliseconds(alone.ended.Sub(alone.asked)))
		*side.step = append(*side.step, milliseconds(many.steps())/stepsPerRound)
	}
	return nil
}

// warm waits until a runner has an idle sandbox.
func (d *daemon) warm(ctx context.Context, runner string) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		status, err := d.client.Runner(ctx, runner)
		if err != nil {
			return fmt.Errorf("cannot wait for a warm sandbox of %s: %w", runner, err)
		}
		if status.GetPool().GetIdle() > 0 {
			return nil
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return fmt.Errorf("cannot wait for a warm sandbox of %s: %w", runner, err)
		}
	}
}

// timed runs a command some times and adds the mean, in ms.
func timed(ctx context.Context, to *samples, times int, argv []string) error {
	begin := time.Now()
	for range times {
		if out, err := exec.CommandContext(ctx, argv[0], argv[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%v: %w\n%s", argv, err, out)
		}
	}
	*to = append(*to, milliseconds(time.Since(begin))/float64(times))
	return nil
}
