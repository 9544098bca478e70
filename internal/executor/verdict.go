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

// executionWord returns an execution's status as people write it.
func executionWord(status clockworkv1.ExecutionStatus) string {
	return strings.ToLower(strings.TrimPrefix(status.String(), "EXECUTION_STATUS_"))
}

// Summarize counts the steps by how they ended. Steps that have not ended count in the total alone.
func Summarize(steps []journal.Step, total time.Duration) *clockworkv1.ExecutionSummary {
	progress := journal.Progress{Steps: map[clockworkv1.StepStatus]uint32{}}
	for _, step := range steps {
		progress.Steps[step.Status]++
		progress.Retries += max(step.Attempt, 1) - 1
	}
	return SummarizeProgress(progress, total)
}

// SummarizeProgress does the same where the steps have been counted already.
func SummarizeProgress(progress journal.Progress, total time.Duration) *clockworkv1.ExecutionSummary {
	var all uint32
	for _, steps := range progress.Steps {
		all += steps
	}
	return &clockworkv1.ExecutionSummary{
		TotalSteps:   all,
		Successful:   progress.Steps[stepSuccess],
		Failed:       progress.Steps[stepFailed],
		Timeouts:     progress.Steps[stepTimeout],
		Cancelled:    progress.Steps[stepCancelled],
		Skipped:      progress.Steps[stepSkipped],
		Lost:         progress.Steps[stepLost],
		Errors:       progress.Steps[stepError],
		TotalTime:    durationpb.New(total),
		TotalRetries: progress.Retries,
		SuccessRate:  100 * float64(progress.Steps[stepSuccess]) / float64(max(all, 1)),
	}
}
