package executor

import (
	"errors"
	"fmt"
	"strings"

	"github.com/clockworkd/clockwork/internal/policy"
)

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

// Error lists what the policy refuses.
func (e *PolicyError) Error() string {
	var findings []string
	for _, finding := range e.Verdict.Findings {
		if finding.Severity == policy.Deny {
			findings = append(findings, fmt.Sprintf("%s: %s (%s)", finding.Path, finding.Message, finding.Rule))
		}
	}
	return "the policy refuses the bundle: " + strings.Join(findings, "; ")
}
