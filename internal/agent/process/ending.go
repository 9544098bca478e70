package process

import (
	"context"
	"time"
)

// ending is the termination of a process's tree.
type ending struct {
	hurry context.CancelFunc // ends the grace
	done  chan struct{}      // closed when nothing is left
}

// Terminate ends the process with everything it left behind: SIGTERM, after the grace SIGKILL. What it returns is closed when nothing
// is left. Calling it again while it is under way can only shorten the grace.
func (p *Process) Terminate(grace time.Duration) <-chan struct{} {
	<-p.ready
	p.mu.Lock()
	defer p.mu.Unlock()
	p.terminated = p.terminated || !p.ended
	return p.end(grace)
}

// strike is what the timeout does.
func (p *Process) strike(grace time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended {
		return
	}
	p.timedOut = true
	p.end(grace)
}

// end starts a termination, or shortens the one that is under way.
func (p *Process) end(grace time.Duration) <-chan struct{} {
	if p.handle == nil {
		return p.exited
	}
	if p.ending == nil || p.ending.over() {
		ctx, hurry := context.WithCancel(context.Background())
		fresh := &ending{hurry: hurry, done: make(chan struct{})}
		if !p.table.run(func() { fresh.run(ctx, p.handle) }) {
			hurry()
			return p.table.gone
		}
		p.ending = fresh
	}
	if grace <= 0 {
		p.ending.hurry()
	} else {
		time.AfterFunc(grace, p.ending.hurry)
	}
	return p.ending.done
}

func (e *ending) run(ctx context.Context, handle Handle) {
	defer close(e.done)
	defer e.hurry()
	if ctx.Err() != nil || handle.Terminate(ctx) != nil {
		handle.Kill()
	}
}

func (e *ending) over() bool {
	select {
	case <-e.done:
		return true
	default:
		return false
	}
}
