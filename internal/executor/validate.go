package executor

import (
	"context"
	"errors"

	"github.com/clockworkd/clockwork/internal/bundle"
	"github.com/clockworkd/clockwork/internal/policy"
	"github.com/clockworkd/clockwork/internal/runners"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Validate judges a request as Execute would, and does nothing.
func (e *Executor) Validate(ctx context.Context, request *clockworkv1.ValidateBundleRequest) (*clockworkv1.ValidateBundleResponse, error) {
	judged, err := e.judge(ctx, *e.options.Load(), request.GetBundle(), request.GetVars(), request.GetRunner(), request.GetRequirements())
	response := &clockworkv1.ValidateBundleResponse{Valid: err == nil}
	if judged.bundle != nil {
		response.Verdict = verdictOf(judged.verdict)
		response.BundleDigest = judged.bundle.Digest
	}
	if judged.runner != nil {
		response.Runner, response.RunnerReason = judged.runner.Name(), judged.reason
	}
	var (
		faults  bundle.Faults
		refused *PolicyError
		none    *runners.SelectionError
	)
	switch {
	case errors.As(err, &faults):
		for _, fault := range faults {
			response.Faults = append(response.Faults, &clockworkv1.Fault{Path: fault.Path, Message: fault.Message})
		}
	case errors.As(err, &none):
		response.RunnerReason = none.Error()
	case errors.As(err, &refused), err == nil:
	default:
		return nil, err
	}
	return response, nil
}

func verdictOf(verdict policy.Verdict) *clockworkv1.Verdict {
	answer := &clockworkv1.Verdict{Allowed: verdict.Allowed()}
	for _, finding := range verdict.Findings {
		severity := clockworkv1.Severity_SEVERITY_WARNING
		if finding.Severity == policy.Deny {
			severity = clockworkv1.Severity_SEVERITY_DENY
		}
		answer.Findings = append(answer.Findings, &clockworkv1.Finding{
			Rule: finding.Rule, Severity: severity, Path: finding.Path, Message: finding.Message,
		})
	}
	return answer
}
