package executor

import (
	"errors"
	"slices"
	"strings"

	"github.com/clockworkd/clockwork/internal/bundle"
	"github.com/clockworkd/clockwork/internal/policy"
)

// Faults is the error that names everything wrong with a bundle.
type Faults = bundle.Faults //nolint:errname // the name is that of the package which owns it

var (
	// ErrQueueFull says that as many executions as may wait do. Trying again later helps.
	ErrQueueFull = errors.New("the queue is full")
	// ErrDraining says that the daemon is shutting down and takes no executions.
	ErrDraining = errors.New("the daemon is shutting down")
)

// PolicyError says that the policy refuses a bundle.
type PolicyError struct {
	Verdict policy.Verdict
}

// Denied returns the findings that refuse the bundle.
func (e *PolicyError) Denied() []policy.Finding {
	return slices.DeleteFunc(slices.Clone(e.Verdict.Findings), func(finding policy.Finding) bool {
		return finding.Severity != policy.Deny
	})
}

// Error lists what the policy refuses.
func (e *PolicyError) Error() string {
	var findings []string
	for _, finding := range e.Denied() {
		findings = append(findings, warning(finding))
	}
	return "the policy refuses the bundle: " + strings.Join(findings, "; ")
}
