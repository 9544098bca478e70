package executor

import (
	"time"

	"github.com/clockworkd/clockwork/internal/journal"
)

// action is something to do once what led to it is durable. The types are the vocabulary between the machine and execution.go.
type action interface{ isAction() }

// acquire asks for a sandbox with the artifacts in it.
type acquire struct{}

// rejoin asks for the sandbox that served the execution before a restart.
type rejoin struct {
	sandbox journal.Sandbox
}

// vanish gives up what ran before a restart.
type vanish struct {
	message string
}

// startAttempt runs an attempt of a step, or joins one that was started before a restart.
type startAttempt struct {
	step    int
	attempt uint32
	rejoin  bool
}

// terminate ends the running attempt of a step.
type terminate struct {
	step int
}

// wait lets a retry become due.
type wait struct {
	step  int
	delay time.Duration
}

// cleanUp ends everything that still runs in the sandbox.
type cleanUp struct{}

func (acquire) isAction()      {}
func (rejoin) isAction()       {}
func (vanish) isAction()       {}
func (startAttempt) isAction() {}
func (terminate) isAction()    {}
func (wait) isAction()         {}
func (cleanUp) isAction()      {}
