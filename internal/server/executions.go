package server

import (
	"context"
	"errors"
	"time"

	"github.com/clockworkd/clockwork/internal/journal"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// GetExecution returns an execution with the results of its finished steps.
func (s *executionService) GetExecution(ctx context.Context, request *clockworkv1.GetExecutionRequest) (*clockworkv1.Execution, error) {
	concerns(ctx, request.GetExecutionId())
	if faults := checkID(request.GetExecutionId()); len(faults) > 0 {
		return nil, invalid(faults)
	}
	return s.get(ctx, request.GetExecutionId())
}

// ListExecutions returns a page of executions.
func (s *executionService) ListExecutions(ctx context.Context, request *clockworkv1.ListExecutionsRequest) (*clockworkv1.ListExecutionsResponse, error) {
	if faults := checkList(request); len(faults) > 0 {
		return nil, invalid(faults)
	}
	filter := journal.Filter{
		Statuses: request.GetStatuses(), Runner: request.GetRunner(), Principal: request.GetPrincipal(),
		Limit: int(request.GetPageSize()), Token: request.GetPageToken(),
	}
	if request.GetSince() != nil {
		filter.Since = request.GetSince().AsTime()
	}
	executions, next, err := s.journal.List(ctx, filter)
	if errors.Is(err, journal.ErrBadToken) {
		return nil, invalid([]fault{{"page_token", "must be the next_page_token of the page before, or empty"}})
	}
	if err != nil {
		return nil, mapped(err)
	}
	response := &clockworkv1.ListExecutionsResponse{NextPageToken: next}
	for _, execution := range executions {
		response.Executions = append(response.Executions, executionOf(execution, time.Now()))
	}
	return response, nil
}

// CancelExecution asks for the end of an execution and returns how it stands then.
func (s *executionService) CancelExecution(ctx context.Context, request *clockworkv1.CancelExecutionRequest) (*clockworkv1.Execution, error) {
	concerns(ctx, request.GetExecutionId())
	if faults := checkCancel(request); len(faults) > 0 {
		return nil, invalid(faults)
	}
	if err := s.executor.Cancel(ctx, request.GetExecutionId(), principal(ctx), request.GetReason()); err != nil {
		return nil, mapped(err)
	}
	return s.get(ctx, request.GetExecutionId())
}

func (s *executionService) get(ctx context.Context, id string) (*clockworkv1.Execution, error) {
	execution, err := s.journal.Get(ctx, id)
	if err != nil {
		return nil, mapped(err)
	}
	return executionOf(execution, time.Now()), nil
}
