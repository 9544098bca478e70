package runners

import (
	"context"
	"sync"
)

// tasks owns the background goroutines of a runner: stopping it cancels their contexts and waits for them.
type tasks struct {
	derive func() (context.Context, context.CancelFunc)
	cancel context.CancelFunc

	mu      sync.Mutex
	stopped bool
	running sync.WaitGroup
}

func newTasks() *tasks {
	ctx, cancel := context.WithCancel(context.Background())
	return &tasks{
		derive: func() (context.Context, context.CancelFunc) { return context.WithCancel(ctx) },
		cancel: cancel,
	}
}

// start runs f in a goroutine, unless the tasks were stopped. f's context is done when the returned function is called.
func (t *tasks) start(f func(ctx context.Context)) context.CancelFunc {
	ctx, cancel := t.derive()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.stopped {
		return cancel
	}
	t.running.Go(func() {
		defer cancel()
		f(ctx)
	})
	return cancel
}

// stop ends all tasks and returns when they have ended.
func (t *tasks) stop() {
	t.mu.Lock()
	t.stopped = true
	t.mu.Unlock()
	t.cancel()
	t.running.Wait()
}
