package executor

import (
	"fmt"
	"slices"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Short names for the states; DESIGN's words.
const (
	stepPending   = clockworkv1.StepStatus_STEP_STATUS_PENDING
	stepRunning   = clockworkv1.StepStatus_STEP_STATUS_RUNNING
	stepRetrying  = clockworkv1.StepStatus_STEP_STATUS_RETRYING
	stepSuccess   = clockworkv1.StepStatus_STEP_STATUS_SUCCESS
	stepFailed    = clockworkv1.StepStatus_STEP_STATUS_FAILED
	stepTimeout   = clockworkv1.StepStatus_STEP_STATUS_TIMEOUT
	stepCancelled = clockworkv1.StepStatus_STEP_STATUS_CANCELLED
	stepSkipped   = clockworkv1.StepStatus_STEP_STATUS_SKIPPED
	stepLost      = clockworkv1.StepStatus_STEP_STATUS_LOST
	stepError     = clockworkv1.StepStatus_STEP_STATUS_ERROR

	executionQueued    = clockworkv1.ExecutionStatus_EXECUTION_STATUS_QUEUED
	executionRunning   = clockworkv1.ExecutionStatus_EXECUTION_STATUS_RUNNING
	executionSuccess   = clockworkv1.ExecutionStatus_EXECUTION_STATUS_SUCCESS
	executionFailed    = clockworkv1.ExecutionStatus_EXECUTION_STATUS_FAILED
	executionTimeout   = clockworkv1.ExecutionStatus_EXECUTION_STATUS_TIMEOUT
	executionCancelled = clockworkv1.ExecutionStatus_EXECUTION_STATUS_CANCELLED
	executionLost      = clockworkv1.ExecutionStatus_EXECUTION_STATUS_LOST
	executionError     = clockworkv1.ExecutionStatus_EXECUTION_STATUS_ERROR
)

// stepTransitions is the whole life of a step: to each state, those that may follow it. A state without an entry is
// terminal. A pending step can end without an attempt where no sandbox could be had for it, or where it was next when
// the execution was cancelled or ran out of time.
var stepTransitions = map[clockworkv1.StepStatus][]clockworkv1.StepStatus{
	stepPending:  {stepRunning, stepSkipped, stepCancelled, stepTimeout, stepError},
	stepRunning:  {stepRetrying, stepSuccess, stepFailed, stepTimeout, stepCancelled, stepLost, stepError},
	stepRetrying: {stepRunning, stepCancelled, stepTimeout, stepError},
}

// executionTransitions is the whole life of an execution.
var executionTransitions = map[clockworkv1.ExecutionStatus][]clockworkv1.ExecutionStatus{
	executionQueued: {executionRunning, executionCancelled, executionTimeout, executionError},
	executionRunning: {
		executionSuccess, executionFailed, executionTimeout, executionCancelled, executionLost, executionError,
	},
}

// executionPrecedence orders what the steps of an execution can have: the first of these that any of them has is the execution's.
var executionPrecedence = []struct {
	step      clockworkv1.StepStatus
	execution clockworkv1.ExecutionStatus
}{
	{stepCancelled, executionCancelled},
	{stepLost, executionLost},
	{stepError, executionError},
	{stepTimeout, executionTimeout},
	{stepFailed, executionFailed},
}

func stepEnded(s clockworkv1.StepStatus) bool {
	return len(stepTransitions[s]) == 0
}

func executionEnded(s clockworkv1.ExecutionStatus) bool {
	return len(executionTransitions[s]) == 0
}

// mustFollow panics on a transition that the table does not have: the machine has a mistake, and recording its consequence
// would make it durable.
func mustFollow[S interface {
	comparable
	fmt.Stringer
}](table map[S][]S, from, to S) {
	if !slices.Contains(table[from], to) {
		panic(fmt.Sprintf("executor: illegal transition from %s to %s", from, to))
	}
}
