package server

import (
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/clockworkd/clockwork/internal/executor"
	"github.com/clockworkd/clockwork/internal/journal"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// executionOf turns a record into the API's words. What a list leaves out stays out.
func executionOf(record journal.Execution, now time.Time) *clockworkv1.Execution {
	execution := &clockworkv1.Execution{
		Id:              record.ID,
		Status:          record.Status,
		Principal:       record.Principal,
		Runner:          record.Runner,
		RunnerType:      record.RunnerType,
		RunnerReason:    record.RunnerReason,
		BundleDigest:    record.BundleDigest,
		CreateTime:      timestamp(record.Created),
		StartTime:       timestamp(record.Started),
		EndTime:         timestamp(record.Ended),
		ErrorMessage:    record.Error,
		Summary:         record.Summary,
		LastSequence:    record.LastSequence,
		IdempotencyKey:  record.Key,
		CancelRequested: record.CancelRequested,
	}
	switch elapsed := now.Sub(record.Created); {
	case record.Summary != nil:
	case record.Progress != nil:
		execution.Summary = executor.SummarizeProgress(*record.Progress, elapsed)
	case record.Steps != nil:
		execution.Summary = executor.Summarize(record.Steps, elapsed)
	}
	for _, step := range record.Steps {
		execution.Steps = append(execution.Steps, &clockworkv1.StepState{
			Name: step.Name, Purpose: step.Purpose, Status: step.Status, Attempt: step.Attempt,
		})
		if step.Result != nil {
			execution.StepResults = append(execution.StepResults, step.Result)
		}
	}
	execution.StepResults = fitTails(execution.GetStepResults())
	return execution
}

// timestamp leaves out what has not happened yet.
func timestamp(t time.Time) *timestamppb.Timestamp {
	if t.IsZero() {
		return nil
	}
	return timestamppb.New(t)
}
