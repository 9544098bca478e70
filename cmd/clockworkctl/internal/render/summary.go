package render

import (
	"fmt"
	"strconv"
	"strings"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// maxSummarySteps bounds the table at the end: of more steps it names those that were started and did not succeed.
const maxSummarySteps = 40

// summary writes how an execution and its steps ended.
func summary(page *Page, execution *clockworkv1.Execution) {
	page.Line("")
	if rows, more := summaryRows(inOrder(execution.GetStepResults())); len(rows) > 0 {
		page.Table([]string{"STEP", "STATUS", "EXIT", "TIME"}, rows)
		if more > 0 {
			page.Line("and %d more", more)
		}
		page.Line("")
	}
	page.Line("execution %s: %s, %s", execution.GetId(), page.Status(ExecutionStatus(execution.GetStatus())), counts(execution.GetSummary()))
	if execution.GetErrorMessage() != "" {
		page.Line("%s", oneLine(execution.GetErrorMessage()))
	}
}

// summaryRows are the rows that the table has room for, and how many it has none for.
func summaryRows(results []*clockworkv1.ExecutionResult) (rows [][]string, more int) {
	few := len(results) <= maxSummarySteps
	for _, result := range results {
		switch {
		case !few && (result.GetStatus() == clockworkv1.StepStatus_STEP_STATUS_SUCCESS || result.GetStatus() == clockworkv1.StepStatus_STEP_STATUS_SKIPPED):
		case len(rows) == maxSummarySteps:
			more++
		default:
			rows = append(rows, []string{result.GetName(), stepStatus(result.GetStatus()), exit(result), stepTime(result)})
		}
	}
	return rows, more
}

// exit is the exit code or the signal of a step; "-" if nothing exited.
func exit(result *clockworkv1.ExecutionResult) string {
	if result.ExitCode != nil {
		return strconv.Itoa(int(result.GetExitCode()))
	}
	return orDash(result.GetSignal())
}

func stepTime(result *clockworkv1.ExecutionResult) string {
	if result.GetStartTime() == nil {
		return "-"
	}
	return span(result.GetExecutionTime().AsDuration())
}

// counts is "4 of 4 steps successful in 3.42s", with what else became of steps.
func counts(summary *clockworkv1.ExecutionSummary) string {
	parts := []string{fmt.Sprintf("%d of %s successful", summary.GetSuccessful(), plural(summary.GetTotalSteps(), "step"))}
	for _, other := range []struct {
		n    uint32
		word string
	}{
		{summary.GetFailed(), "failed"},
		{summary.GetTimeouts(), "timed out"},
		{summary.GetCancelled(), "cancelled"},
		{summary.GetSkipped(), "skipped"},
		{summary.GetLost(), "lost"},
		{summary.GetErrors(), "in error"},
	} {
		if other.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", other.n, other.word))
		}
	}
	switch retries := summary.GetTotalRetries(); retries {
	case 0:
	case 1:
		parts = append(parts, "1 retry")
	default:
		parts = append(parts, fmt.Sprintf("%d retries", retries))
	}
	return strings.Join(parts, ", ") + " in " + span(summary.GetTotalTime().AsDuration())
}
