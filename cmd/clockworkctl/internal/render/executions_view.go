package render

import (
	"fmt"
	"time"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

type executionsDocument struct {
	Executions    []listedDocument `json:"executions"`
	NextPageToken string           `json:"next_page_token"`
}

// listedDocument is an execution in a list: everything but its steps.
type listedDocument struct {
	ExecutionID      string          `json:"execution_id"`
	Status           string          `json:"status"`
	Principal        string          `json:"principal"`
	Runner           string          `json:"runner"`
	RunnerType       string          `json:"runner_type"`
	RunnerReason     string          `json:"runner_reason"`
	BundleDigest     string          `json:"bundle_digest"`
	CreateTime       *decimal        `json:"create_time"`
	StartTime        *decimal        `json:"start_time"`
	EndTime          *decimal        `json:"end_time"`
	ErrorMessage     string          `json:"error_message"`
	ExecutionSummary summaryDocument `json:"execution_summary"`
	LastSequence     uint64          `json:"last_sequence"`
	IdempotencyKey   string          `json:"idempotency_key"`
	CancelRequested  bool            `json:"cancel_requested"`
}

// Executions shows a list of executions; next is the token by which there are more, else empty.
func Executions(executions []*clockworkv1.Execution, next string) View {
	documents := each(executions, listedDocumentOf)
	return View{
		Document: executionsDocument{documents, next},
		Lines:    anys(documents),
		Text: func(page *Page) {
			if len(executions) == 0 {
				page.Line("no executions")
				return
			}
			now := time.Now()
			page.Table([]string{"EXECUTION", "STATUS", "STEPS", "RUNNER", "PRINCIPAL", "TIME", "ACCEPTED"}, each(executions, func(e *clockworkv1.Execution) []string {
				return executionRow(e, now)
			}), "PRINCIPAL", "RUNNER", "TIME", "STEPS")
		},
	}
}

func executionRow(execution *clockworkv1.Execution, now time.Time) []string {
	summary, total := execution.GetSummary(), "-"
	switch {
	case execution.GetEndTime() != nil:
		total = span(summary.GetTotalTime().AsDuration())
	case execution.GetStartTime() != nil:
		total = span(max(now.Sub(execution.GetCreateTime().AsTime()), 0).Truncate(time.Second))
	}
	return []string{
		execution.GetId(),
		ExecutionStatus(execution.GetStatus()),
		fmt.Sprintf("%d/%d", summary.GetSuccessful(), summary.GetTotalSteps()),
		orDash(execution.GetRunner()),
		orDash(execution.GetPrincipal()),
		total,
		age(now, execution.GetCreateTime().AsTime()),
	}
}

func listedDocumentOf(execution *clockworkv1.Execution) listedDocument {
	return listedDocument{
		ExecutionID:      execution.GetId(),
		Status:           ExecutionStatus(execution.GetStatus()),
		Principal:        execution.GetPrincipal(),
		Runner:           execution.GetRunner(),
		RunnerType:       execution.GetRunnerType(),
		RunnerReason:     execution.GetRunnerReason(),
		BundleDigest:     execution.GetBundleDigest(),
		CreateTime:       epoch(execution.GetCreateTime()),
		StartTime:        epoch(execution.GetStartTime()),
		EndTime:          epoch(execution.GetEndTime()),
		ErrorMessage:     execution.GetErrorMessage(),
		ExecutionSummary: summaryDocumentOf(execution.GetSummary()),
		LastSequence:     execution.GetLastSequence(),
		IdempotencyKey:   execution.GetIdempotencyKey(),
		CancelRequested:  execution.GetCancelRequested(),
	}
}
