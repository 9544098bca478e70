package process

import (
	"context"
	"io"
	"time"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// Spawner starts processes. The agent's own starts those of the operating system; a test's may run functions instead.
// Its methods may be called concurrently.
type Spawner interface {
	// Start starts a process. Its error becomes the exit record's start_error, so it says what a user can do about it.
	Start(spec Spec) (Handle, error)
	// LookPath returns the absolute path of a program by its name without a slash, in the directories of a PATH.
	LookPath(name, path string) (string, bool)
	// Shutdown ends everything that was ever started, what it left behind included: asks first, kills after the grace. It
	// returns when nothing is left, with the number of processes that were alive when it was called. Nothing is started after it.
	Shutdown(grace time.Duration) (killed uint64)
	// Capabilities tells what it can do, and what it cannot and why.
	Capabilities() []*agentv1.Capability
}

// Spec is a process to start.
type Spec struct {
	// ID as the daemon chose it.
	ID string
	// Number counts the processes of the sandbox from 1.
	Number uint64
	// Argv is the program and its arguments. It is not empty.
	Argv []string
	// Env is the whole environment.
	Env map[string]string
	// Dir is the absolute path of the working directory, which exists.
	Dir string
}

// Handle is a process that was started. Terminate and Kill may be called concurrently with everything, also after the end.
type Handle interface {
	// PID is its process id, 0 if it has none.
	PID() int
	// Argv is as it was started: the program's path is absolute.
	Argv() []string
	// Stdout and Stderr are what it and its descendants print.
	Stdout() Output
	Stderr() Output
	// Wait returns when the process itself has ended, whatever it left behind. It is called once.
	Wait() Ended
	// Terminate asks the process and all its descendants to end (SIGTERM). It returns nil when none of them is left, else ctx's error.
	Terminate(ctx context.Context) error
	// Kill ends the process and all its descendants at once, those too that are born meanwhile. It returns when none is left.
	Kill()
}

// Output is one of the outputs of a process. It is read by one goroutine; a Read returns io.EOF when the process and all its descendants
// have closed it, and an error when it was closed here.
type Output interface {
	io.ReadCloser
	// SetReadDeadline makes a Read that finds nothing until then return os.ErrDeadlineExceeded, as os.File does.
	SetReadDeadline(deadline time.Time) error
	// Pending returns how many bytes were printed and not read.
	Pending() (int, error)
}

// Ended is how a process ended.
type Ended struct {
	// Code is the exit code, if Signal is 0.
	Code int
	// Signal is the number of the signal that killed it.
	Signal int
	// Usage is what it used, with all descendants it waited for.
	Usage Usage
	// LimitsHit is which limits were reached, as in the exit record.
	LimitsHit []*agentv1.LimitHit
}

// Usage is what a process used.
type Usage struct {
	CPUUser      time.Duration
	CPUSystem    time.Duration
	MaxRSSBytes  uint64
	ReadBytes    uint64
	WrittenBytes uint64
	// PeakMemoryBytes counts everything that it started, page cache and kernel memory too. 0: not known.
	PeakMemoryBytes uint64
	// CPUThrottled is how long the CPU limit kept it from running.
	CPUThrottled time.Duration
}
