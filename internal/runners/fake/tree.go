package fake

import (
	"context"
	"errors"
	"sync"
	"syscall"
)

// tree is a process with all its descendants, however they were started.
type tree struct {
	mu      sync.Mutex
	alive   map[*Process]struct{}
	killed  bool          // nothing is started any more
	changed chan struct{} // closed and replaced whenever alive changes
}

func newTree() *tree {
	return &tree{alive: make(map[*Process]struct{}), changed: make(chan struct{})}
}

// start runs a program as a process of the tree. The channel gets the way it ended.
func (t *tree) start(p *Process, run Program) (<-chan ended, error) {
	ctx, die := context.WithCancelCause(context.Background())
	p.die = die
	p.Stdout, p.Stderr = p.outputs[0].writer(ctx), p.outputs[1].writer(ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.killed {
		die(nil)
		return nil, errors.New("cannot start a process: its parent was killed")
	}
	for _, output := range p.outputs {
		output.open()
	}
	t.alive[p] = struct{}{}
	t.announce()
	end := make(chan ended, 1)
	go func() { // it is waited for by kill and by the spawner's Shutdown
		end <- t.run(ctx, p, run)
	}()
	return end, nil
}

// run runs the program. When it returns nothing is left of the process but how it ended.
func (t *tree) run(ctx context.Context, p *Process, run Program) ended {
	code := run(ctx, p)
	end := ended{code: code, signal: signalOf(ctx)}
	p.die(nil)
	for _, output := range p.outputs {
		output.close()
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.alive, p)
	t.announce()
	return end
}

// ended is how a process ended.
type ended struct {
	code   int
	signal syscall.Signal
}

func (t *tree) announce() {
	close(t.changed)
	t.changed = make(chan struct{})
}

// count returns how many processes are alive.
func (t *tree) count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return len(t.alive)
}

// terminate tells all processes to end, those too that are started meanwhile. It returns nil when none is left.
func (t *tree) terminate(ctx context.Context) error {
	return t.signal(ctx, func(p *Process) {
		if !p.ignoreTerm.Load() {
			p.die(killed{syscall.SIGTERM})
		}
	})
}

// kill ends all processes and returns when none is left.
func (t *tree) kill() {
	t.mu.Lock()
	t.killed = true
	t.mu.Unlock()
	_ = t.signal(context.Background(), func(p *Process) { p.die(killed{syscall.SIGKILL}) })
}

// signal sends a signal to all processes until none is left or ctx is done.
func (t *tree) signal(ctx context.Context, send func(*Process)) error {
	for {
		t.mu.Lock()
		changed := t.changed
		left := len(t.alive)
		for p := range t.alive {
			send(p)
		}
		t.mu.Unlock()
		if left == 0 {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
