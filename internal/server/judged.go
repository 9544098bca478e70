package server

import (
	"errors"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"

	"github.com/clockworkd/clockwork/internal/executor"
	"github.com/clockworkd/clockwork/internal/runners"
)

// judged turns the errors that refuse a bundle, each with its own details; nil for other errors.
func judged(err error) error {
	if found, ok := errors.AsType[executor.Faults](err); ok {
		faults := make([]fault, len(found))
		for i, f := range found {
			faults[i] = fault{f.Path, f.Message}
		}
		return invalid(faults)
	}
	if refused, ok := errors.AsType[*executor.PolicyError](err); ok {
		return refusal(codes.FailedPrecondition, reasonPolicyDenied, refused.Error(), violations(refused))
	}
	if none, ok := errors.AsType[*runners.SelectionError](err); ok {
		reason := reasonNoRunnerFits
		if none.Known != "" {
			reason = reasonNoSuchRunner
		}
		return refusal(codes.FailedPrecondition, reason, none.Error())
	}
	return nil
}

// violations lists what the policy refuses: the rule, the JSON path and the reason.
func violations(refused *executor.PolicyError) *errdetails.PreconditionFailure {
	failure := &errdetails.PreconditionFailure{}
	for _, finding := range refused.Denied() {
		failure.Violations = append(failure.Violations, &errdetails.PreconditionFailure_Violation{
			Type: finding.Rule, Subject: finding.Path, Description: finding.Message,
		})
	}
	return failure
}
