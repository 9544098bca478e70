package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// observed is what a client saw of an execution.
type observed struct {
	// asked is when the bundle was sent, started when the first step was reported to run, ended when the last event came.
	asked, started, ended time.Time
	// outputBytes counts what all steps printed.
	outputBytes int64
}

// steps is how long all steps took together, seen from the client.
func (r observed) steps() time.Duration { return r.ended.Sub(r.started) }

// errFailed is an execution that did not succeed: what it shows about speed is worth nothing.
var errFailed = errors.New("the execution did not succeed")

// execute runs a bundle on a runner, to its end.
func (d *daemon) execute(ctx context.Context, runner string, steps ...*clockworkv1.Step) (observed, error) {
	r := observed{asked: time.Now()}
	execution, err := d.client.Execute(ctx, &clockworkv1.ExecuteBundleRequest{
		Bundle: &clockworkv1.ArtifactBundle{Version: "1", Steps: steps}, Runner: runner,
	})
	if err != nil {
		return r, err
	}
	status := clockworkv1.ExecutionStatus_EXECUTION_STATUS_UNSPECIFIED
	for event, err := range execution.Events() {
		if err != nil {
			return r, err
		}
		switch kind := event.GetKind().(type) {
		case *clockworkv1.Event_StepStarted:
			if r.started.IsZero() {
				r.started = time.Now()
			}
		case *clockworkv1.Event_Output:
			r.outputBytes += int64(len(kind.Output.GetData()))
		case *clockworkv1.Event_ExecutionFinished:
			r.ended, status = time.Now(), kind.ExecutionFinished.GetStatus()
		}
	}
	if status != clockworkv1.ExecutionStatus_EXECUTION_STATUS_SUCCESS {
		return r, fmt.Errorf("%w: %v; see executions show %s", errFailed, status, execution.ID())
	}
	return r, nil
}

// repeat returns n steps that run a command.
func repeat(n int, argv ...string) []*clockworkv1.Step {
	steps := make([]*clockworkv1.Step, n)
	for i := range steps {
		steps[i] = &clockworkv1.Step{Purpose: fmt.Sprintf("step-%d", i), Run: &clockworkv1.Run{Cmd: argv}}
	}
	return steps
}

// milliseconds is a duration as the table shows it.
func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
