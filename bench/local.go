package main

import (
	"bytes"
	"context"
	"os/exec"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"
)

const (
	// stepsPerRound is how many steps an execution has, and how often the yardstick is repeated.
	stepsPerRound = 200
	// executionsAtOnce is how many run beside each other where that is measured.
	executionsAtOnce = 8
	program          = "/bin/true"
)

// measureLocal compares a step with what any Go program pays for the same process.
func measureLocal(ctx context.Context, b *bench) ([]Figure, error) {
	d, err := b.start(ctx, localRunner)
	if err != nil {
		return nil, err
	}
	defer d.end(b)
	if _, err := d.execute(ctx, local, repeat(1, program)...); err != nil { // the first one waits for the pool
		return nil, err
	}
	var step, fork, rate, bareRate samples
	for range b.rounds {
		forked, err := forkExec(ctx, stepsPerRound)
		if err != nil {
			return nil, err
		}
		executed, err := d.execute(ctx, local, repeat(stepsPerRound, program)...)
		if err != nil {
			return nil, err
		}
		fork = append(fork, milliseconds(forked)/stepsPerRound)
		step = append(step, milliseconds(executed.steps())/stepsPerRound)

		bare, err := together(ctx, runtime.NumCPU(), func(ctx context.Context) error {
			_, err := forkExec(ctx, stepsPerRound)
			return err
		})
		if err != nil {
			return nil, err
		}
		eight, err := together(ctx, executionsAtOnce, func(ctx context.Context) error {
			_, err := d.execute(ctx, local, repeat(stepsPerRound, program)...)
			return err
		})
		if err != nil {
			return nil, err
		}
		bareRate = append(bareRate, float64(runtime.NumCPU()*stepsPerRound)/bare.Seconds())
		rate = append(rate, executionsAtOnce*stepsPerRound/eight.Seconds())
	}
	if b.profile != "" {
		if err := b.writeProfile(ctx, d); err != nil {
			return nil, err
		}
	}
	return []Figure{
		compared("local step", "ms", step, "fork+exec", fork, atMost(2)),
		compared("local, 8 executions at once", "steps/s", rate, "fork+exec, all cores", bareRate, atLeast(0.5)),
	}, nil
}

// forkExec runs the program n times as a Go program does that wants its output: both streams captured through pipes.
func forkExec(ctx context.Context, n int) (time.Duration, error) {
	begin := time.Now()
	for range n {
		var stdout, stderr bytes.Buffer
		cmd := exec.CommandContext(ctx, program)
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		if err := cmd.Run(); err != nil {
			return 0, err
		}
	}
	return time.Since(begin), nil
}

// together does something n times at once and returns how long all of that took.
func together(ctx context.Context, n int, do func(context.Context) error) (time.Duration, error) {
	begin := time.Now()
	all, ctx := errgroup.WithContext(ctx)
	for range n {
		all.Go(func() error { return do(ctx) })
	}
	err := all.Wait()
	return time.Since(begin), err
}
