package render

import (
	"fmt"
	"strings"
	"time"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// share is what a part of an execution took of its time.
type share struct {
	name string
	took time.Duration
	// because says what that usually means.
	because string
}

// whereTheTimeWent is how long each part of an execution took, and the reason if one before the steps took most of it.
// Empty while none has ended.
func whereTheTimeWent(execution *clockworkv1.Execution) string {
	shares := shares(execution)
	var parts []string
	var total time.Duration
	longest := share{}
	for _, s := range shares {
		total += s.took
		if s.took > longest.took {
			longest = s
		}
		if s.took >= time.Millisecond {
			parts = append(parts, s.name+" "+span(s.took))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	text := strings.Join(parts, ", ")
	if longest.because != "" && 2*longest.took > total {
		text += fmt.Sprintf("; most of it was %s: %s", longest.name, longest.because)
	}
	return text
}

// shares are the parts of an execution, in their order.
func shares(execution *clockworkv1.Execution) []share {
	var phases *clockworkv1.PhaseTimes
	var slowest *clockworkv1.ExecutionResult
	var begin, end time.Time
	for _, result := range execution.GetStepResults() {
		if result.GetStartTime() == nil {
			continue
		}
		if p := result.GetResourceUsage().GetPhases(); p != nil {
			phases = p // what comes before the steps is the execution's, and the same in all
		}
		if slowest == nil || result.GetExecutionTime().AsDuration() > slowest.GetExecutionTime().AsDuration() {
			slowest = result
		}
		if at := result.GetStartTime().AsTime(); begin.IsZero() || at.Before(begin) {
			begin = at
		}
		if at := result.GetEndTime().AsTime(); at.After(end) {
			end = at
		}
	}
	shares := []share{
		{"queue", phases.GetQueue().AsDuration(), "every sandbox of the runner was in use; its pool's max bounds them"},
		{"provision", phases.GetProvision().AsDuration(), "no warm sandbox was ready; the runner's pool.warm keeps some"},
		{"upload", phases.GetUpload().AsDuration(), "the artifacts are large; let a step fetch what is"},
		{"steps", end.Sub(begin), ""},
	}
	if len(execution.GetSteps()) > 1 && slowest != nil {
		shares[3].because = fmt.Sprintf("the slowest step, %s, ran for %s", oneLine(slowest.GetName()), span(slowest.GetExecutionTime().AsDuration()))
	}
	if execution.GetEndTime() != nil && !end.IsZero() {
		shares = append(shares, share{"cleanup", execution.GetEndTime().AsTime().Sub(end), "processes that steps had left running took long to end"})
	}
	return shares
}
