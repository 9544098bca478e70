package clienttest

import (
	"context"
	"slices"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// ListExecutions pages by position, newest first.
func (s *executionService) ListExecutions(_ context.Context, request *clockworkv1.ListExecutionsRequest) (*clockworkv1.ListExecutionsResponse, error) {
	size := int(request.GetPageSize())
	if size == 0 {
		size = 50
	}
	response := &clockworkv1.ListExecutionsResponse{}
	for _, execution := range slices.Backward(s.daemon.all()) {
		state := execution.snapshot()
		if !fits(state, request) {
			continue
		}
		if request.GetPageToken() != "" && state.GetId() >= request.GetPageToken() {
			continue // ids grow with time
		}
		if len(response.GetExecutions()) == size {
			response.NextPageToken = response.GetExecutions()[size-1].GetId()
			break
		}
		state.Steps, state.StepResults = nil, nil
		response.Executions = append(response.Executions, state)
	}
	return response, nil
}

// fits tells whether an execution is one of those asked for.
func fits(state *clockworkv1.Execution, request *clockworkv1.ListExecutionsRequest) bool {
	switch {
	case len(request.GetStatuses()) > 0 && !slices.Contains(request.GetStatuses(), state.GetStatus()),
		request.GetRunner() != "" && request.GetRunner() != state.GetRunner(),
		request.GetPrincipal() != "" && request.GetPrincipal() != state.GetPrincipal(),
		request.GetSince() != nil && state.GetCreateTime().AsTime().Before(request.GetSince().AsTime()):
		return false
	default:
		return true
	}
}
