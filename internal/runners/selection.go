package runners

import (
	"context"
	"fmt"
	"strings"
)

// Select chooses a runner and says why: the one that is named, which must meet the other requirements too; else the first in the
// order of the configuration that meets all requirements, so that an administrator puts the preferred ones first; where nothing is
// required, the default runner. The error is a *SelectionError.
func (g *Registry) Select(ctx context.Context, want Requirements) (runner *Runner, reason string, err error) {
	candidates := g.runners
	switch {
	case want.Name != "":
		named, found := g.Get(want.Name)
		if !found {
			return nil, "", &SelectionError{Requirements: want, Known: g.names()}
		}
		candidates, reason = []*Runner{named}, "asked for by name"
	case want.any():
		reason = "the first runner that has " + want.String()
	default:
		return g.fallback, g.reason, nil
	}
	var rejections []Rejection
	for _, r := range candidates {
		why := r.rejects(ctx, want)
		if why == "" {
			return r, reason, nil
		}
		rejections = append(rejections, Rejection{Runner: r.Name(), Reason: why})
	}
	return nil, "", &SelectionError{Requirements: want, Rejections: rejections}
}

// rejects tells why the runner does not meet the requirements; empty if it does.
func (r *Runner) rejects(ctx context.Context, want Requirements) string {
	if why := want.missingLabel(r.config.Labels); why != "" || !want.describes() {
		return why
	}
	description, err := r.Describe(ctx)
	if err != nil {
		return fmt.Sprintf("cannot be described: %v", err)
	}
	return want.mismatch(description)
}

func (g *Registry) names() string {
	names := make([]string, len(g.runners))
	for i, r := range g.runners {
		names[i] = r.Name()
	}
	return strings.Join(names, ", ")
}

// SelectionError says why no runner will do.
type SelectionError struct {
	Requirements Requirements
	// Known lists the runners that there are, if the one that was named is none of them.
	Known string
	// Rejections says for each runner that came into question why it does not fit.
	Rejections []Rejection
}

// Rejection is why a runner does not fit.
type Rejection struct {
	Runner string
	Reason string
}

// Error says why no runner will do, one by one.
func (e *SelectionError) Error() string {
	if e.Known != "" {
		return fmt.Sprintf("cannot find runner %s: there is %s", e.Requirements.Name, e.Known)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "cannot find a runner with %v", e.Requirements)
	for i, r := range e.Rejections {
		separator := ": "
		if i > 0 {
			separator = "; "
		}
		fmt.Fprintf(&b, "%s%s: %s", separator, r.Runner, r.Reason)
	}
	return b.String()
}
