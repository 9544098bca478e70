package server

import (
	"errors"

	"github.com/clockworkd/clockwork/internal/bundle"
	"github.com/clockworkd/clockwork/internal/executor"
	"github.com/clockworkd/clockwork/internal/policy"
	"github.com/clockworkd/clockwork/internal/runners"
	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
)

// judged turns the errors that refuse a bundle, each with its own details; nil for other errors.
func judged(err error) error {
	if found, ok := errors.AsType[bundle.Faults](err); ok {
		faults := make([]fault, len(found))
		for i, f := range found {
			faults[i] = fault{f.Path, f.Message}
		}
		return invalid(faults)
	}
	if denied, ok := errors.AsType[*executor.PolicyError](err); ok {
		return refusal(codes.FailedPrecondition, reasonPolicyDenied, denied.Error(), violations(denied.Verdict))
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
func violations(verdict policy.Verdict) *errdetails.PreconditionFailure {
	failure := &errdetails.PreconditionFailure{}
	for _, finding := range verdict.Findings {
		if finding.Severity == policy.Deny {
			failure.Violations = append(failure.Violations, &errdetails.PreconditionFailure_Violation{
				Type: finding.Rule, Subject: finding.Path, Description: finding.Message,
			})
		}
	}
	return failure
}
