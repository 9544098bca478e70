package diagnosis

import (
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// OK says that something is as it should be.
func OK(name, detail string) *clockworkv1.DaemonFinding {
	return &clockworkv1.DaemonFinding{Name: name, State: clockworkv1.FindingState_FINDING_STATE_OK, Detail: detail}
}

// Warning says that something works, with less than there could be, or not for much longer.
func Warning(name, detail, remedy string) *clockworkv1.DaemonFinding {
	return &clockworkv1.DaemonFinding{Name: name, State: clockworkv1.FindingState_FINDING_STATE_WARNING, Detail: detail, Remedy: remedy}
}

// Problem says that something does not work.
func Problem(name, detail, remedy string) *clockworkv1.DaemonFinding {
	return &clockworkv1.DaemonFinding{Name: name, State: clockworkv1.FindingState_FINDING_STATE_PROBLEM, Detail: detail, Remedy: remedy}
}
