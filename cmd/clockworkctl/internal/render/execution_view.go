package render

import (
	"strconv"
	"time"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Execution shows one execution with the results of the steps that have ended.
func Execution(execution *clockworkv1.Execution) View {
	return View{
		Document: executionDocumentOf(execution),
		Text: func(page *Page) {
			page.Facts(
				"execution", execution.GetId(),
				"status", page.Status(ExecutionStatus(execution.GetStatus()))+cancelNote(execution),
				"error", oneLine(execution.GetErrorMessage()),
				"runner", execution.GetRunner()+" ("+execution.GetRunnerType()+"): "+execution.GetRunnerReason(),
				"principal", execution.GetPrincipal(),
				"bundle", execution.GetBundleDigest(),
				"accepted", moment(execution.GetCreateTime()),
				"started", moment(execution.GetStartTime()),
				"ended", moment(execution.GetEndTime()),
				"steps", counts(execution.GetSummary()),
				"time", whereTheTimeWent(execution),
			)
			if rows := stepRows(execution); len(rows) > 0 {
				page.Line("")
				page.Table([]string{"STEP", "STATUS", "ATTEMPT", "EXIT", "BEGAN", "TIME", "MESSAGE"}, rows)
			}
			page.failures(execution)
		},
	}
}

// failures shows the end of what steps printed that went wrong.
func (p *Page) failures(execution *clockworkv1.Execution) {
	shown := 0
	for _, result := range inOrder(execution.GetStepResults()) {
		if wentWrong(result.GetStatus()) && shown < maxFailures {
			shown++
			p.Line("")
			p.failure(execution.GetId(), result, tailOf(result))
		}
	}
}

func cancelNote(execution *clockworkv1.Execution) string {
	if execution.GetCancelRequested() && execution.GetEndTime() == nil {
		return ", a cancel was asked for"
	}
	return ""
}

func stepRows(execution *clockworkv1.Execution) [][]string {
	results := map[uint32]*clockworkv1.ExecutionResult{}
	for _, result := range execution.GetStepResults() {
		results[result.GetStepIndex()] = result
	}
	rows := make([][]string, 0, len(execution.GetSteps()))
	for i, step := range execution.GetSteps() {
		row := []string{step.GetName(), stepStatus(step.GetStatus()), strconv.Itoa(int(step.GetAttempt())), "-", "-", "-", ""}
		if result := results[uint32(i)]; result != nil {
			row[3], row[4], row[5], row[6] = exit(result), began(execution, result), stepTime(result), result.GetErrorMessage()
		}
		rows = append(rows, row)
	}
	return rows
}

// began is how long after the execution was accepted a step began; "-" if it did not.
func began(execution *clockworkv1.Execution, result *clockworkv1.ExecutionResult) string {
	if result.GetStartTime() == nil {
		return "-"
	}
	return "+" + span(result.GetStartTime().AsTime().Sub(execution.GetCreateTime().AsTime()))
}

type startedDocument struct {
	ExecutionID string `json:"execution_id"`
	Status      string `json:"status"`
}

// Started shows an execution that goes on without anybody following it.
func Started(execution *clockworkv1.Execution) View {
	return stateOf(execution, "follow it with: clockworkctl executions watch "+execution.GetId())
}

// Cancelling shows an execution whose cancel was asked for.
func Cancelling(execution *clockworkv1.Execution) View {
	if execution.GetEndTime() != nil {
		return stateOf(execution, "it had ended already")
	}
	return stateOf(execution, "the cancel was asked for; see the end with: clockworkctl executions watch "+execution.GetId())
}

func stateOf(execution *clockworkv1.Execution, note string) View {
	document := startedDocument{ExecutionID: execution.GetId(), Status: ExecutionStatus(execution.GetStatus())}
	return View{
		Document: document,
		Text: func(page *Page) {
			page.Facts("execution_id", document.ExecutionID, "status", page.Status(document.Status))
			page.Line("%s", page.palette.paint(faint, note))
		},
	}
}

// age is how long ago something was, for a person.
func age(now, then time.Time) string {
	d := max(now.Sub(then), 0)
	switch {
	case d < time.Minute:
		return strconv.Itoa(int(d.Seconds())) + "s ago"
	case d < time.Hour:
		return strconv.Itoa(int(d.Minutes())) + "m ago"
	case d < 48*time.Hour:
		return strconv.Itoa(int(d.Hours())) + "h ago"
	default:
		return strconv.Itoa(int(d.Hours()/24)) + "d ago"
	}
}
