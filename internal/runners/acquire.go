package runners

import (
	"errors"
	"fmt"
	"time"
)

// Phase is a part of getting a sandbox that has its own timeout.
type Phase string

// The phases, in their order.
const (
	// PhaseQueue waits until one more sandbox may exist.
	PhaseQueue Phase = "queue"
	// PhaseProvision creates it.
	PhaseProvision Phase = "provision"
)

// AcquireOptions are how long somebody is willing to wait for a sandbox, and who is told about it.
type AcquireOptions struct {
	// QueueTimeout bounds the queue phase. 0: the runner's.
	QueueTimeout time.Duration
	// ProvisionTimeout bounds the provision phase. 0: the runner's, which also bounds each single attempt.
	ProvisionTimeout time.Duration
	// Progress is told, one line each, what takes time. It may be called concurrently, must not block, and is not called
	// after Acquire has returned. May be nil.
	Progress func(phase Phase, message string)
}

// ErrDraining is why a runner that is being shut down gives no sandbox.
var ErrDraining = errors.New("the runner is being shut down")

// errTimeout is the cause of an AcquireError whose own timeout struck without any other fault being known.
var errTimeout = errors.New("timed out")

// AcquireError says why there is no sandbox. It is a fault of ours or of the environment, never of a step.
type AcquireError struct {
	Runner string
	// Phase is the phase that failed.
	Phase Phase
	// Timeout is the phase's timeout, if that is what struck; else 0.
	Timeout time.Duration
	// Err is the cause, after a timeout that of the last failed attempt.
	Err error
}

// Error says what could not be done, and why.
func (e *AcquireError) Error() string {
	switch {
	case e.Timeout > 0 && e.Phase == PhaseQueue:
		return fmt.Sprintf("cannot get a sandbox of runner %s: none was free within %v; raise pool.max or queue_timeout", e.Runner, e.Timeout)
	case e.Timeout > 0 && errors.Is(e.Err, errTimeout):
		return fmt.Sprintf("cannot get a sandbox of runner %s: it was not ready within %v; raise provision_timeout", e.Runner, e.Timeout)
	case e.Timeout > 0:
		return fmt.Sprintf("cannot get a sandbox of runner %s within %v: %v", e.Runner, e.Timeout, e.Err)
	default:
		return fmt.Sprintf("cannot get a sandbox of runner %s: %v", e.Runner, e.Err)
	}
}

// Unwrap returns the cause.
func (e *AcquireError) Unwrap() error { return e.Err }
