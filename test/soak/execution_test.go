package soak

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/clockworkd/clockwork/client"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// patience is how long one execution may take, the restarts of the daemon meanwhile included.
const patience = 3 * time.Minute

// outcome is what is known of an execution that has finished, and must not change any more.
type outcome struct {
	index  int
	id     string
	status clockworkv1.ExecutionStatus
	last   uint64
	sum    string
	lost   bool
	// attempts and bytes are how much of each was seen.
	attempts, bytes int
}

// bench is where plans are executed and checked.
type bench struct {
	recorder *recorder
	// records is the address at which steps reach the recorder.
	records string
	equip   func(*clockworkv1.ArtifactBundle) (worker string)
}

// execute runs a plan to its end and checks it.
func (b *bench) execute(t *testing.T, c *client.Client, p plan) (outcome, error) {
	t.Helper()
	result := outcome{index: p.index}
	ctx, release := context.WithTimeoutCause(t.Context(), patience, fmt.Errorf("not ended after %v", patience))
	defer release()
	execution, err := persist(func() (*client.Execution, error) { return c.Execute(ctx, b.request(t, p)) })
	if err != nil {
		return result, err
	}
	result.id = execution.ID()
	seen, err := follow(ctx, c, p, execution)
	if err != nil {
		return result, err
	}
	result.status, result.last, result.sum, result.lost = seen.finished.GetStatus(), seen.last, seen.sum(), wasLost(seen)
	result.attempts, result.bytes = seen.totals()
	return result, b.check(ctx, t, c, p, result.id, seen)
}

// persist calls again for as long as the daemon is down, going down or coming up.
func persist[T any](call func() (T, error)) (result T, err error) {
	harness.Within(2*harness.Patience, func() bool {
		result, err = call()
		var busy *client.BusyError
		return !errors.Is(err, client.ErrUnreachable) && !errors.As(err, &busy)
	})
	return result, err
}

// follow watches an execution to its end, cancelling it and leaving its stream as planned.
func follow(ctx context.Context, c *client.Client, p plan, execution *client.Execution) (*transcript, error) {
	ended, stop := context.WithCancel(ctx)
	cancelled := make(chan error, 1)
	go func() { cancelled <- cancelLater(ended, c, p, execution.ID()) }()
	seen, err := watch(ctx, c, p, execution)
	stop()
	return seen, errors.Join(err, <-cancelled)
}

func watch(ctx context.Context, c *client.Client, p plan, execution *client.Execution) (*transcript, error) {
	seen := newTranscript(len(p.steps))
	for events := execution.Events(); events != nil; {
		stream := events
		events = nil
		for event, err := range stream {
			if err != nil {
				return seen, err
			}
			if err := seen.add(event); err != nil {
				return seen, err
			}
			if seen.last == p.leaveAt && seen.finished == nil {
				events = c.Watch(ctx, execution.ID(), seen.last)
				break
			}
		}
	}
	if seen.finished == nil {
		return seen, fmt.Errorf("the stream ended after event %d, which is not the last", seen.last)
	}
	return seen, nil
}

// cancelLater cancels the execution when its time has come, unless it has ended before.
func cancelLater(ended context.Context, c *client.Client, p plan, id string) error {
	if p.cancelAfter == 0 {
		return nil
	}
	timer := time.NewTimer(p.cancelAfter)
	defer timer.Stop()
	select {
	case <-ended.Done():
		return nil
	case <-timer.C:
	}
	_, err := persist(func() (*clockworkv1.Execution, error) { return c.Cancel(ended, id, "the soak test says so") })
	if ended.Err() != nil {
		return nil
	}
	return err
}

// check checks a finished execution: by its records, by what the daemon says of it, by what it left.
func (b *bench) check(ctx context.Context, t *testing.T, c *client.Client, p plan, id string, seen *transcript) error {
	t.Helper()
	for i, step := range p.steps {
		if err := checkStep(p, step, seen.steps[i], b.recorder.of(step.work.Key)); err != nil {
			return fmt.Errorf("%s: %w", step.name, err)
		}
	}
	if err := checkStatus(p, seen); err != nil {
		return err
	}
	said, err := persist(func() (*clockworkv1.Execution, error) { return c.Get(ctx, id) })
	if err != nil {
		return err
	}
	if said.GetStatus() != seen.finished.GetStatus() || said.GetLastSequence() != seen.last {
		return fmt.Errorf("it is %v at event %d, after it ended as %v with event %d", said.GetStatus(), said.GetLastSequence(), seen.finished.GetStatus(), seen.last)
	}
	for i, result := range said.GetStepResults() {
		if !proto.Equal(result, seen.steps[i].result) {
			return fmt.Errorf("the result of %s is %v, its event said %v", p.steps[i].name, result, seen.steps[i].result)
		}
		if err := checkKept(ctx, c, id, p.steps[i].work, result); err != nil {
			return fmt.Errorf("%s: %w", p.steps[i].name, err)
		}
	}
	none := func() bool { return len(harness.ProcessesWith(t, p.mark)) == 0 }
	if !harness.Within(harness.Patience/3, none) {
		return fmt.Errorf("processes outlive it: %v", harness.ProcessesWith(t, p.mark))
	}
	return nil
}
