package bundle

import (
	"io/fs"
	"time"
)

// Bundle is a bundle that kept every rule: defaults are filled in, vars rendered, names resolved.
// It is immutable.
type Bundle struct {
	Artifacts []Artifact
	Steps     []Step
	// Vars holds what each step sees, rendered as environment values; overrides are merged.
	Vars map[string]string
	// Graph tells whether steps wait only for their needs. Otherwise each waits for the one before it.
	Graph bool
	// Digest identifies the content: "sha256:" and 64 hexadecimal digits. Equal documents, JSON or YAML,
	// with or without spelled-out defaults, have equal digests; vars are part of it.
	Digest string
}

// Artifact is one file of a bundle.
type Artifact struct {
	// Path is clean, relative and inside the workspace.
	Path    string
	Mode    fs.FileMode
	Purpose string
	Lang    string
	Content []byte
}

// Step is one command of a bundle.
type Step struct {
	Index   int
	Name    string
	Purpose string
	// Cmd is empty where the step runs an artifact by its lang; Artifact is then set.
	Cmd []string
	// Artifact is the position of the artifact that the step runs or whose path its command names; -1 if none.
	Artifact int
	// Cwd is clean and relative; "." is the workspace itself.
	Cwd string
	Env map[string]string
	// Needs holds positions of steps, each once, ascending.
	Needs []int
	// Timeout is 0 where the step names none.
	Timeout time.Duration
	// Retry is nil where the step says nothing of it.
	Retry           *Retry
	ContinueOnError bool
	Outputs         []string
}

// Retry says when a step is tried again; its defaults are filled in.
type Retry struct {
	MaxAttempts  int
	InitialDelay time.Duration
	MaxDelay     time.Duration
	Multiplier   float64
	Jitter       float64
	On           RetryOn
}

// RetryOn names the ends of an attempt after which another one follows.
type RetryOn struct {
	// AnyExitCode stands for every exit code but 0, and for death by a signal.
	AnyExitCode bool
	ExitCodes   []int
	Timeout     bool
	Lost        bool
}
