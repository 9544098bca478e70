package fake

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"syscall"
)

// Process is what a program sees of itself.
type Process struct {
	Args   []string
	Env    map[string]string
	Dir    string
	Stdout io.Writer
	Stderr io.Writer

	tree       *tree
	outputs    [2]*pipe
	die        context.CancelCauseFunc
	ignoreTerm atomic.Bool
}

// IgnoreTerm has the process and the children it starts from now on ignore SIGTERM.
func (p *Process) IgnoreTerm() { p.ignoreTerm.Store(true) }

// Start starts a child with the same environment, directory and outputs. It lives on when the process ends, until it returns or
// the whole tree is killed.
func (p *Process) Start(run Program, args ...string) error {
	child := &Process{Args: args, Env: p.Env, Dir: p.Dir, tree: p.tree, outputs: p.outputs}
	child.ignoreTerm.Store(p.ignoreTerm.Load())
	_, err := p.tree.start(child, run)
	return err
}

// killed is why a process's context is done.
type killed struct{ signal syscall.Signal }

// Error names the signal.
func (k killed) Error() string { return "killed by " + k.signal.String() }

// signalOf returns the signal that ended a process, 0 if none did.
func signalOf(ctx context.Context) syscall.Signal {
	if by, ok := errors.AsType[killed](context.Cause(ctx)); ok {
		return by.signal
	}
	return 0
}
