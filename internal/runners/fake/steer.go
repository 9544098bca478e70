package fake

import (
	"context"
	"time"

	"github.com/clockworkd/clockwork/internal/runners"
)

// OnCreate is called before a sandbox starts. It may take its time, report progress, and fail the creation.
type OnCreate func(ctx context.Context, spec runners.Spec) error

// OnDestroy is called before a sandbox is destroyed. It may fail that.
type OnDestroy func(ctx context.Context, id string) error

// OnCreate replaces what happens before a sandbox starts; nil: nothing.
func (w *World) OnCreate(f OnCreate) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.onCreate = f
}

// OnDestroy replaces what happens before a sandbox is destroyed; nil: nothing.
func (w *World) OnDestroy(f OnDestroy) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.onDestroy = f
}

// FailCreate has the next creations fail with these errors, in their order. One that wraps runners.ErrTemporary is worth
// another try.
func (w *World) FailCreate(faults ...error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = append(w.faults, faults...)
}

// SlowPull returns an OnCreate that reports each line and waits that long after it.
func SlowPull(pause time.Duration, lines ...string) OnCreate {
	return func(ctx context.Context, spec runners.Spec) error {
		for _, line := range lines {
			spec.Progress(line)
			if err := wait(ctx, pause); err != nil {
				return err
			}
		}
		return nil
	}
}

// SetDescription replaces the description, or has Describe fail.
func (w *World) SetDescription(d runners.Description, fault error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.description, w.describeFault = d, fault
}

// Cut breaks the connections to a sandbox's agent. It can be dialed again at once.
func (d *Driver) Cut(id string) { d.must(id).cut() }

// Lose has a sandbox vanish with everything in it, as an evicted Pod does: its agent is gone for good. What is left is destroyed as usual.
func (d *Driver) Lose(id string) { d.must(id).destroy() }

// Restart starts a sandbox's agent anew, which kills everything in it: another incarnation answers then.
func (d *Driver) Restart(id string) error {
	s := d.must(id)
	s.destroy()
	return s.start(d.programs)
}

// Workspace returns the directory of a sandbox's files.
func (d *Driver) Workspace(id string) string { return d.must(id).workspace() }

// must returns a sandbox that the test claims to be there.
func (d *Driver) must(id string) *sandbox {
	s := d.find(d.owner, id)
	if s == nil {
		panic("fake: there is no sandbox " + id)
	}
	return s
}

// beforeCreate is what the test wants to happen.
func (w *World) beforeCreate(ctx context.Context, spec runners.Spec) error {
	w.mu.Lock()
	var fault error
	if len(w.faults) > 0 {
		fault, w.faults = w.faults[0], w.faults[1:]
	}
	hook := w.onCreate
	w.mu.Unlock()
	if fault == nil && hook != nil {
		fault = hook(ctx, spec)
	}
	if fault == nil {
		fault = ctx.Err()
	}
	return fault
}

func (w *World) beforeDestroy(ctx context.Context, id string) error {
	w.mu.Lock()
	hook := w.onDestroy
	w.mu.Unlock()
	if hook == nil {
		return nil
	}
	return hook(ctx, id)
}

// wait waits, or returns early with the context's error.
func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
