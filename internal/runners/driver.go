package runners

import (
	"context"
	"time"

	"github.com/clockworkd/clockwork/internal/agent"
)

// Driver is the code for one kind of environment. It provisions sandboxes and destroys them; everything that happens
// inside one goes through its agent.
//
// All methods may be called concurrently, also for the same id. A method returns soon after its context is done. An
// error that says that trying again later may help wraps ErrTemporary.
type Driver interface {
	// Describe tells what the driver's sandboxes offer. It is quick and changes nothing; what it costs to find out is paid once.
	Describe(ctx context.Context) (Description, error)
	// Check finds out whether the environment is usable by going the way that an execution goes: it creates a sandbox, runs
	// something in it and destroys it. It reports what it tried in order and stops at the first thing that fails.
	Check(ctx context.Context) []Finding
	// Create provisions a sandbox under an id that was never used, with its agent running and connected. The sandbox is
	// labelled with the id and the daemon's, so that List finds it from the moment something of it exists. After an error or
	// a done context something may be left behind; Destroy with the same id removes it.
	Create(ctx context.Context, spec Spec) (*Sandbox, error)
	// Recover connects again to a sandbox that was created by this daemon, before or after a restart. What runs in it
	// is not disturbed. A sandbox that is gone, or that has lost its agent, is ErrGone; any other error says nothing about it.
	Recover(ctx context.Context, id string) (*Sandbox, error)
	// List returns the ids of all sandboxes of this daemon and runner that exist, half-created and broken ones included.
	List(ctx context.Context) ([]string, error)
	// Destroy ends everything that runs in a sandbox and removes all of it. It is idempotent: for an id of which nothing
	// exists it does nothing and succeeds. When it has succeeded, List does not return the id, no process of the sandbox
	// is alive, and nothing of it is left. After an error it can be repeated.
	Destroy(ctx context.Context, id string) error
	// Close releases connections and caches. Sandboxes stay as they are. No other method is called after it.
	Close() error
}

// Spec is what a sandbox is created from, besides the driver's own options.
type Spec struct {
	// ID is unique, at most 36 bytes of [a-z0-9-].
	ID string
	// Progress is told, one line each, what takes time: a pull, a scheduler's reason. It may be called concurrently, and never blocks.
	Progress func(message string)
}

// Sandbox is an environment with its connected agent.
type Sandbox struct {
	ID       string
	Location Location
	// Agent is connected. It reconnects by itself; whoever holds the sandbox closes it.
	Agent *agent.Client
}

// Location tells a person where a sandbox is. What does not apply is empty.
type Location struct {
	ContainerID string
	PodName     string
	RemoteHost  string
}

// Description is what a driver's sandboxes offer.
type Description struct {
	Isolation           Isolation
	OS                  string
	Arch                string
	RemoteHost          string
	KubernetesNamespace string
	Languages           []Language
	Capabilities        []Capability
}

// Isolation is how far a sandbox is separated from its host; a greater one is stronger.
type Isolation int

// The degrees of isolation.
const (
	IsolationNone Isolation = iota + 1
	IsolationProcess
	IsolationContainer
	IsolationVM
)

// Language is a language whose artifacts can be run without a command.
type Language struct {
	// Name is as artifacts give it: python, bash, sh, javascript, typescript, go.
	Name string
	// Program is the absolute path of what runs it.
	Program string
}

// Capability is one thing that a driver may be able to do.
type Capability struct {
	// Name is in snake_case.
	Name      string
	Available bool
	// Detail tells how it is done, or why it is not.
	Detail string
	// Remedy tells an administrator what to do, if it is not.
	Remedy string
}

// Finding is one thing that Check tried.
type Finding struct {
	Name     string
	Passed   bool
	Detail   string
	Remedy   string
	Duration time.Duration
}
