package executor

import (
	"fmt"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/clockworkd/clockwork/internal/journal"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// verdict returns the terminal status of an execution whose steps have all ended, and its error message.
func (m *machine) verdict() (clockworkv1.ExecutionStatus, string) {
	for _, rank := range executionPrecedence {
		if m.stop != nil && m.stop.status == rank.step {
			return rank.execution, m.stop.message
		}
		for i := range m.steps {
			if m.steps[i].Status == rank.step && !m.plan.steps[i].ContinueOnError {
				return rank.execution, fmt.Sprintf("step %q: %s", m.steps[i].Name, ending(m.steps[i].Result))
			}
		}
	}
	return executionSuccess, ""
}

// ending says in a few words how a step ended.
func ending(result *clockworkv1.ExecutionResult) string {
	switch {
	case result.GetErrorMessage() != "":
		return result.GetErrorMessage()
	case result.GetSignal() != "":
		return "killed by " + result.GetSignal()
	case result.GetExitCode() != 0:
		return fmt.Sprintf("exit code %d", result.GetExitCode())
	default:
		return word(result.GetStatus())
	}
}

// word returns a step's status as people write it.
func word(status clockworkv1.StepStatus) string {
	return strings.ToLower(strings.TrimPrefix(status.String(), "STEP_STATUS_"))
}

// Summarize counts the steps by how they ended. Steps that have not ended count in the total alone.
func Summarize(steps []journal.Step, total time.Duration) *clockworkv1.ExecutionSummary {
	summary := &clockworkv1.ExecutionSummary{TotalSteps: uint32(len(steps)), TotalTime: durationpb.New(total)}
	for _, step := range steps {
		summary.TotalRetries += max(step.Attempt, 1) - 1
		if count := counter(summary, step.Status); count != nil {
			*count++
		}
	}
	summary.SuccessRate = 100 * float64(summary.GetSuccessful()) / float64(max(summary.GetTotalSteps(), 1))
	return summary
}

func counter(summary *clockworkv1.ExecutionSummary, status clockworkv1.StepStatus) *uint32 {
	switch status {
	case stepSuccess:
		return &summary.Successful
	case stepFailed:
		return &summary.Failed
	case stepTimeout:
		return &summary.Timeouts
	case stepCancelled:
		return &summary.Cancelled
	case stepSkipped:
		return &summary.Skipped
	case stepLost:
		return &summary.Lost
	case stepError:
		return &summary.Errors
	default:
		return nil
	}
}
