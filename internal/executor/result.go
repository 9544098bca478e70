package executor

import (
	"fmt"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/clockworkd/clockwork/internal/journal"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// outcome is how one attempt ended, as the attempt itself saw it.
type outcome struct {
	// result has the status and all facts of the attempt; the machine completes it.
	result *clockworkv1.ExecutionResult
	// terminated tells that the attempt was ended from outside rather than by itself.
	terminated bool
	// destroyed tells that this took its sandbox, too.
	destroyed bool
	// dropped is what of the attempt's output was not recorded, as far as is known.
	dropped []*clockworkv1.OutputDropped
}

// judge turns an exit record into a status and a message. Success needs a recorded exit code of 0 that nobody forced.
func judge(exited *agentv1.Exited, timeout time.Duration) (clockworkv1.StepStatus, string) {
	switch {
	case exited.GetStartError() != "":
		return stepError, exited.GetStartError()
	case exited.GetTimedOut():
		return stepTimeout, fmt.Sprintf("ran longer than its timeout of %s", timeout)
	case exited.GetSignal() != 0:
		return stepFailed, because("killed by "+signalName(exited.GetSignal()), exited)
	case exited.ExitCode == nil:
		return stepLost, "the agent recorded neither an exit code nor a signal"
	case exited.GetExitCode() != 0:
		return stepFailed, because(fmt.Sprintf("exit code %d", exited.GetExitCode()), exited)
	default:
		return stepSuccess, ""
	}
}

// because adds the limits that were reached.
func because(end string, exited *agentv1.Exited) string {
	if limits := limitsMessage(exited); limits != "" {
		return end + ": " + limits
	}
	return end
}

func signalName(number int32) string {
	if number == 0 {
		return ""
	}
	if name := unix.SignalName(unix.Signal(number)); name != "" {
		return name
	}
	return "signal " + strconv.Itoa(int(number))
}

// complete fills in what the machine knows of a step, besides what its last attempt knew.
func (m *machine) complete(i int, result *clockworkv1.ExecutionResult, now time.Time) {
	step, plan := &m.steps[i], &m.plan.steps[i]
	result.StepIndex, result.Name, result.Purpose = step.Index, step.Name, step.Purpose
	if plan.Artifact >= 0 {
		result.ArtifactName = m.plan.bundle.Artifacts[plan.Artifact].Path
	}
	if len(result.GetCommand()) == 0 {
		result.Command = plan.command
	}
	if !step.FirstStarted.IsZero() {
		result.StartTime = timestamp(step.FirstStarted)
	}
	result.EndTime = timestamp(now)
	result.RetryCount = max(step.Attempt, 1) - 1
	result.ValidationWarnings = plan.warnings
	result.Runner, result.RunnerType = m.plan.runner, m.plan.runnerType
	sandbox := m.header.Sandbox
	result.ContainerId, result.PodName, result.RemoteHost = sandbox.ContainerID, sandbox.PodName, sandbox.RemoteHost
	result.Metadata = metadata(sandbox, step.Attempt)
	if result.GetExecutionTime() == nil {
		result.ExecutionTime = durationpb.New(0)
	}
	if result.GetResourceUsage() == nil {
		result.ResourceUsage = &clockworkv1.ResourceUsage{}
	}
	if result.GetResourceUsage().GetPhases() == nil {
		result.ResourceUsage.Phases = &clockworkv1.PhaseTimes{}
	}
	phases := result.GetResourceUsage().GetPhases()
	phases.Queue = durationpb.New(m.header.Queue)
	phases.Provision = durationpb.New(m.header.Provision)
	phases.Upload = durationpb.New(m.header.Upload)
}

func metadata(sandbox journal.Sandbox, attempts uint32) map[string]string {
	facts := map[string]string{"attempts": strconv.Itoa(int(attempts))}
	if sandbox.ID != "" {
		facts["sandbox_id"] = sandbox.ID
	}
	return facts
}

// endWithoutAttempt ends a step that is not running. One that waits for its next attempt keeps what the last one was.
func (m *machine) endWithoutAttempt(i int, status clockworkv1.StepStatus, message string, now time.Time) {
	result := m.tried[i]
	if result == nil {
		result = &clockworkv1.ExecutionResult{}
	}
	result.Status, result.ErrorMessage = status, message
	m.end(i, result, now)
}

func timestamp(t time.Time) *timestamppb.Timestamp {
	return timestamppb.New(t)
}
