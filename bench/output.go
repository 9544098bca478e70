package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"time"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// outputBytes is what the step prints where output is measured.
const outputBytes = 1 << 30

// outputRounds bounds the rounds: one takes some seconds, and its length does not vary much.
const outputRounds = 3

// printing returns a command that prints outputBytes, as programs print data: in blocks.
func printing() []string { return []string{"head", "-c", strconv.Itoa(outputBytes), "/dev/zero"} }

// measureOutput compares how fast output reaches the client, journaled, with how fast docker run delivers it.
func measureOutput(ctx context.Context, b *bench) ([]Figure, error) {
	if what := dockerMissing(); what != "" {
		b.say("output: the yardstick is left out; %s", what)
	}
	d, err := b.start(ctx, localRunner)
	if err != nil {
		return nil, err
	}
	defer d.end(b)
	var ours, docker, pipe samples
	for range min(b.rounds, outputRounds) {
		took, err := d.print(ctx)
		if err != nil {
			return nil, err
		}
		ours = append(ours, rateOf(took))
		if took, err = delivered(ctx, printing()); err != nil {
			return nil, err
		}
		pipe = append(pipe, rateOf(took))
		if dockerMissing() == "" {
			if took, err = delivered(ctx, dockerRun(printing()...)); err != nil {
				return nil, err
			}
			docker = append(docker, rateOf(took))
		}
	}
	b.say("output: a bare pipe carries %s MiB/s", number(pipe.median()))
	if docker == nil {
		return []Figure{bounded("output of a local step", "MiB/s", ours, atLeast(1))}, nil
	}
	return []Figure{compared("output of a local step", "MiB/s", ours, "docker run", docker, atLeast(2))}, nil
}

// print has a step print outputBytes, and returns how long the client waited for all of them.
func (d *daemon) print(ctx context.Context) (time.Duration, error) {
	r, err := d.execute(ctx, local, &clockworkv1.Step{Purpose: "print", Run: &clockworkv1.Run{Cmd: printing()}})
	if err == nil && r.outputBytes != outputBytes {
		err = fmt.Errorf("%d bytes arrived, want %d", r.outputBytes, outputBytes)
	}
	return r.steps(), err
}

// delivered runs a command and returns how long it took to read outputBytes from it.
func delivered(ctx context.Context, argv []string) (time.Duration, error) {
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	begin := time.Now()
	out, err := cmd.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	n, err := io.Copy(io.Discard, out)
	if err := errors.Join(err, cmd.Wait()); err != nil {
		return 0, fmt.Errorf("%v: %w", argv, err)
	}
	if n != outputBytes {
		return 0, fmt.Errorf("%v printed %d bytes, want %d", argv, n, outputBytes)
	}
	return time.Since(begin), nil
}

// rateOf is that of outputBytes, in MiB/s.
func rateOf(took time.Duration) float64 { return outputBytes / mebibyte / took.Seconds() }

const mebibyte = 1 << 20
