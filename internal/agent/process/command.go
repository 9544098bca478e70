package process

import "time"

// Command is a process as the daemon wants it.
type Command struct {
	// ID is chosen by the daemon, and used once.
	ID string
	// Argv is the program and its arguments.
	Argv []string
	// Env is the whole environment.
	Env map[string]string
	// Dir is relative to the workspace; empty: the workspace.
	Dir string
	// Timeout is the longest time it may run; 0: no bound.
	Timeout time.Duration
	// Grace is the time between SIGTERM and SIGKILL when the timeout strikes.
	Grace time.Duration
}
