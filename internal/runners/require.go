package runners

import (
	"context"
	"errors"
	"strings"
	"time"
)

// MeetsRequirements returns nil if the runner's description has every capability that the runner requires. The error wraps ErrRequired where it does
// not. It is for drivers that know at once what they can do.
func (r *Runner) MeetsRequirements(ctx context.Context) error {
	return describedLacking(ctx, r.driver, r.config.Require)
}

func describedLacking(ctx context.Context, driver Driver, required []string) error {
	if len(required) == 0 {
		return nil
	}
	description, err := driver.Describe(ctx)
	if err != nil {
		return err
	}
	return description.lacking(required)
}

// provision creates a sandbox, and keeps it only if it has what is required: some drivers know what they can do when they have done it.
func (p *pool) provision(ctx context.Context, spec Spec) (*Sandbox, error) {
	sandbox, err := p.driver.Create(ctx, spec)
	if err != nil {
		return nil, err
	}
	if err := describedLacking(ctx, p.driver, p.required); err != nil {
		return nil, errors.Join(err, sandbox.Agent.Close())
	}
	return sandbox, nil
}

// checkRequired tells of what is required as Check does.
func (r *Runner) checkRequired(ctx context.Context) []Finding {
	if len(r.config.Require) == 0 {
		return nil
	}
	start := time.Now()
	finding := Finding{Name: "meet what the runner requires", Passed: true, Detail: strings.Join(r.config.Require, ", ")}
	if err := r.MeetsRequirements(ctx); err != nil {
		finding.Passed, finding.Detail, finding.Remedy = false, err.Error(), "do what is said of each, or take it out of require"
	}
	finding.Duration = time.Since(start)
	return []Finding{finding}
}
