package server

import (
	"context"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// ValidateBundle judges a bundle and does nothing. A bad bundle is an answer, not an error.
func (s *executionService) ValidateBundle(ctx context.Context, request *clockworkv1.ValidateBundleRequest) (*clockworkv1.ValidateBundleResponse, error) {
	if faults := checkValidate(request); len(faults) > 0 {
		return nil, invalid(faults)
	}
	response, err := s.executor.Validate(ctx, request)
	if err != nil {
		return nil, mapped(err)
	}
	return response, nil
}

// invalid refuses a request to execute for its options, and names the faults of its bundle beside them: who mends a request wants to
// know all of them.
func (s *executionService) invalid(ctx context.Context, request *clockworkv1.ExecuteBundleRequest, faults []fault) error {
	judged, err := s.executor.Validate(ctx, &clockworkv1.ValidateBundleRequest{Bundle: request.GetBundle(), Vars: request.GetVars()})
	if err == nil {
		for _, found := range judged.GetFaults() {
			faults = append(faults, fault{found.GetPath(), found.GetMessage()})
		}
	}
	return invalid(faults)
}
