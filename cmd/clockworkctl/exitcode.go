package main

import (
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// The exit codes that are no execution's.
const (
	exitSuccess     = 0
	exitUsage       = 2 // usage, invalid bundle, refused
	exitUnreachable = 3
	exitError       = 4
	exitCancelled   = 130
	exitSignal      = 128 // and the number of the signal that ended the watching of an execution
)

// exitCodes is what a command that saw an execution to its end ends with.
var exitCodes = map[clockworkv1.ExecutionStatus]int{
	clockworkv1.ExecutionStatus_EXECUTION_STATUS_SUCCESS:   exitSuccess,
	clockworkv1.ExecutionStatus_EXECUTION_STATUS_FAILED:    1,
	clockworkv1.ExecutionStatus_EXECUTION_STATUS_LOST:      exitError,
	clockworkv1.ExecutionStatus_EXECUTION_STATUS_ERROR:     exitError,
	clockworkv1.ExecutionStatus_EXECUTION_STATUS_TIMEOUT:   124,
	clockworkv1.ExecutionStatus_EXECUTION_STATUS_CANCELLED: exitCancelled,
}

// outcome is an error that only carries an exit code: what there is to say has been said. 0 is no error.
type outcome int

func (o outcome) Error() string {
	return "see the exit code"
}

// result returns the outcome of an execution that has ended.
func result(status clockworkv1.ExecutionStatus) error {
	code, ok := exitCodes[status]
	if !ok {
		code = exitError
	}
	if code == exitSuccess {
		return nil
	}
	return outcome(code)
}
