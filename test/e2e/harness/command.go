package harness

import (
	"bytes"
	"errors"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Result is how a command ended.
type Result struct {
	// Code is the exit code; -1 if a signal killed the command.
	Code           int
	Stdout, Stderr string
}

// Want fails the test at once unless the command ended with this exit code.
func (r Result) Want(t *testing.T, code int) Result {
	t.Helper()
	if r.Code != code {
		t.Fatalf("exit code %d, want %d\nstdout:\n%s\nstderr:\n%s", r.Code, code, r.Stdout, r.Stderr)
	}
	return r
}

// Command is a command that runs beside the test. It is killed when the test ends.
type Command struct {
	cmd            *exec.Cmd
	stdout, stderr output
	// gone is closed when the command has ended and all of its output has been read.
	gone chan struct{}
	err  error
}

// Start starts a command.
func Start(t *testing.T, cmd *exec.Cmd) *Command {
	t.Helper()
	c := &Command{cmd: cmd, gone: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &c.stdout, &c.stderr
	// What the command started and left behind must not keep the test waiting for the end of the pipes.
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatalf("cannot start %s: %v", cmd.Path, err)
	}
	go func() {
		defer close(c.gone)
		c.err = cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may be gone
		<-c.gone
	})
	return c
}

// Run runs a command to its end.
func Run(t *testing.T, cmd *exec.Cmd) Result {
	t.Helper()
	return Start(t, cmd).Wait(t)
}

// PID is the command's process id.
func (c *Command) PID() int { return c.cmd.Process.Pid }

// Signal sends the command a signal.
func (c *Command) Signal(t *testing.T, signal syscall.Signal) {
	t.Helper()
	if err := c.cmd.Process.Signal(signal); err != nil {
		t.Fatalf("cannot send %v to %s: %v", signal, c.cmd.Path, err)
	}
}

// Stdout is what the command has printed so far.
func (c *Command) Stdout() string { return c.stdout.String() }

// Stderr is what the command has printed so far.
func (c *Command) Stderr() string { return c.stderr.String() }

// AwaitStdout waits until the command has printed a text.
func (c *Command) AwaitStdout(t *testing.T, text string) {
	t.Helper()
	c.await(t, &c.stdout, "standard output", text)
}

// AwaitStderr waits until the command has printed a text.
func (c *Command) AwaitStderr(t *testing.T, text string) {
	t.Helper()
	c.await(t, &c.stderr, "standard error", text)
}

func (c *Command) await(t *testing.T, from *output, name, text string) {
	t.Helper()
	printed := func() bool { return strings.Contains(from.String(), text) }
	if !Within(Patience, func() bool { return printed() || c.Ended() }) || !printed() {
		t.Fatalf("no %q on the %s of %v\nstdout:\n%s\nstderr:\n%s", text, name, c.cmd.Args, c.Stdout(), c.Stderr())
	}
}

// Ended tells whether the command has ended.
func (c *Command) Ended() bool {
	select {
	case <-c.gone:
		return true
	default:
		return false
	}
}

// Wait waits for the command's end.
func (c *Command) Wait(t *testing.T) Result {
	t.Helper()
	return c.WaitFor(t, 2*Patience)
}

// WaitFor waits for the command's end, for at most the given time.
func (c *Command) WaitFor(t *testing.T, patience time.Duration) Result {
	t.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-c.gone:
	case <-timer.C:
		t.Fatalf("%v has not ended after %v\nstdout:\n%s\nstderr:\n%s", c.cmd.Args, patience, c.Stdout(), c.Stderr())
	}
	var exit *exec.ExitError
	if c.err != nil && !errors.As(c.err, &exit) {
		t.Fatalf("cannot run %v: %v", c.cmd.Args, c.err)
	}
	return Result{Code: c.cmd.ProcessState.ExitCode(), Stdout: c.Stdout(), Stderr: c.Stderr()}
}

// output is a buffer that can be read while it is written.
type output struct {
	mu   sync.Mutex
	data bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.data.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.data.String()
}
