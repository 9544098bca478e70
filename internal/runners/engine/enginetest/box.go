package enginetest

import (
	"context"
	"strings"
	"testing"

	"github.com/gofrs/uuid/v5"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/engine"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// NewID returns a sandbox's id.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// Box is a sandbox as a test uses it.
type Box struct {
	*runners.Sandbox
	Driver *engine.Driver
	// Progress is what was told while it was made.
	Progress []string
}

// Box makes a sandbox, which is destroyed at the end of the test. change changes the options.
func (w *World) Box(tb testing.TB, change func(*engine.Options)) *Box {
	tb.Helper()
	b, err := w.Try(tb, NewID(), change)
	if err != nil {
		tb.Fatalf("Create: %v", err)
	}
	return b
}

// Try makes a sandbox, if it can be made.
func (w *World) Try(tb testing.TB, id string, change func(*engine.Options)) (*Box, error) {
	tb.Helper()
	o := w.Options(tb, "daemon")
	if change != nil {
		change(&o)
	}
	d := w.New(tb, o)
	tb.Cleanup(func() {
		if err := d.Destroy(bounded(tb), id); err != nil {
			tb.Errorf("Destroy: %v", err)
		}
		if err := d.Close(); err != nil {
			tb.Errorf("Close: %v", err)
		}
	})
	b := &Box{Driver: d}
	sandbox, err := d.Create(bounded(tb), runners.Spec{ID: id, Progress: func(message string) { b.Progress = append(b.Progress, message) }})
	if err != nil {
		return nil, err
	}
	tb.Cleanup(func() { _ = sandbox.Agent.Close() })
	b.Sandbox = sandbox
	return b, nil
}

// Result is what came of a process.
type Result struct {
	*agentv1.Exited
	Stdout, Stderr string
}

// Run runs a command to its end.
func (b *Box) Run(tb testing.TB, argv ...string) Result {
	tb.Helper()
	got, err := b.Start(bounded(tb), argv...).Wait()
	if err != nil {
		tb.Fatalf("Run %q: %v", argv, err)
	}
	return got
}

// Succeed runs a command that must succeed, and returns what it printed.
func (b *Box) Succeed(tb testing.TB, argv ...string) string {
	tb.Helper()
	got := b.Run(tb, argv...)
	if got.ExitCode == nil || got.GetExitCode() != 0 {
		tb.Fatalf("%q: %v, stderr %q", argv, got.Exited, got.Stderr)
	}
	return got.Stdout
}

// Running is a process in the background.
type Running struct {
	// Started is closed when the process exists.
	Started <-chan struct{}
	ended   <-chan ending
}

type ending struct {
	Result
	err error
}

// Wait waits for the process's end.
func (r Running) Wait() (Result, error) {
	got := <-r.ended
	return got.Result, got.err
}

// Start runs a command in the background, until it ends or ctx is done.
func (b *Box) Start(ctx context.Context, argv ...string) Running {
	started, ended := make(chan struct{}), make(chan ending, 1)
	go func() { // ended has room for its end
		s := &sink{started: started}
		exit, err := b.Agent.Run(ctx, &agentv1.Start{ProcessId: NewID(), Argv: argv}, s)
		if err != nil {
			ended <- ending{err: err}
			return
		}
		exit.Forget()
		ended <- ending{Result: Result{Exited: exit.Exited, Stdout: s.stdout.String(), Stderr: s.stderr.String()}}
	}()
	return Running{Started: started, ended: ended}
}

// sink collects what a process prints.
type sink struct {
	started        chan struct{}
	stdout, stderr strings.Builder
}

var _ agent.Sink = (*sink)(nil)

// Started tells that the process exists; after a cut it is told once more.
func (s *sink) Started(*agentv1.Started) error {
	if s.started != nil {
		close(s.started)
		s.started = nil
	}
	return nil
}

// Output keeps what was printed.
func (s *sink) Output(output *agentv1.Output) error {
	into := &s.stdout
	if output.GetStream() == agentv1.Stream_STREAM_STDERR {
		into = &s.stderr
	}
	into.Write(output.GetData())
	return nil
}
