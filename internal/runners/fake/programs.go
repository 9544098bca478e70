package fake

import (
	"context"
	"io"
	"path"
	"sync"
	"time"
)

// binDir is where every program seems to lie.
const binDir = "/fake/bin"

// Program is what runs as a process. It returns its exit code. Its context is done when the process is killed or told to
// terminate; it returns soon then, and its code does not count.
type Program func(ctx context.Context, p *Process) int

// programs are what can be run in a world.
type programs struct {
	mu     sync.Mutex
	byName map[string]Program
}

func newPrograms() *programs { return &programs{byName: map[string]Program{"true": Exit(0)}} }

// Program adds a program, or replaces it. It is run by its name, or by a path that ends in it.
func (w *World) Program(name string, run Program) {
	w.programs.mu.Lock()
	defer w.programs.mu.Unlock()
	w.programs.byName[name] = run
}

// find returns the program of a name or a path.
func (p *programs) find(name string) (Program, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	run, found := p.byName[path.Base(name)]
	return run, found
}

// Exit is a program that ends with a code at once.
func Exit(code int) Program {
	return func(context.Context, *Process) int { return code }
}

// Print is a program that prints to both outputs, then ends with a code.
func Print(stdout, stderr string, code int) Program {
	return func(_ context.Context, p *Process) int {
		_, _ = io.WriteString(p.Stdout, stdout) // who does not read does not want it
		_, _ = io.WriteString(p.Stderr, stderr)
		return code
	}
}

// Sleep is a program that does nothing for a while, then succeeds.
func Sleep(d time.Duration) Program {
	return func(ctx context.Context, _ *Process) int {
		if wait(ctx, d) != nil {
			return 1
		}
		return 0
	}
}
