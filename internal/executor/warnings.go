package executor

import (
	"fmt"
	"strings"

	"github.com/clockworkd/clockwork/internal/bundle"
	"github.com/clockworkd/clockwork/internal/policy"
)

// allWarnings returns what the policy found, one line each.
func allWarnings(verdict policy.Verdict) []string {
	var lines []string
	for _, finding := range verdict.Findings {
		lines = append(lines, warning(finding))
	}
	return lines
}

// warningsFor returns what the policy found of a step and of the artifact that it runs.
func warningsFor(verdict policy.Verdict, step bundle.Step) []string {
	var lines []string
	for _, finding := range verdict.Findings {
		if concerns(finding.Path, "steps", step.Index) || concerns(finding.Path, "artifacts", step.Artifact) {
			lines = append(lines, warning(finding))
		}
	}
	return lines
}

// concerns tells whether a JSON path leads to, or into, an element of a list.
func concerns(path, list string, index int) bool {
	rest, found := strings.CutPrefix(path, fmt.Sprintf("%s[%d]", list, index))
	return found && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

func warning(finding policy.Finding) string {
	return fmt.Sprintf("%s: %s (%s)", finding.Path, finding.Message, finding.Rule)
}
