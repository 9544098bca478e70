package policy

import (
	"fmt"
	"slices"

	"github.com/clockworkd/clockwork/internal/bundle"
)

// Verdict is what the rules found in a bundle.
type Verdict struct {
	// Findings come in the order of the rules, for each rule in the order of the bundle.
	Findings []Finding
}

// Finding is one thing that a rule found.
type Finding struct {
	Rule     string
	Severity Severity // Warning or Deny
	// Path is the JSON path of what it is about.
	Path string
	// Message says what was found, why it matters, and the remedy. It continues the path.
	Message string
}

// Allowed tells whether the bundle may run: nothing that was found denies it.
func (v Verdict) Allowed() bool {
	return !slices.ContainsFunc(v.Findings, func(f Finding) bool { return f.Severity == Deny })
}

// Judge holds a bundle to every rule that the profile does not switch off.
func Judge(b *bundle.Bundle, profile Profile) Verdict {
	var verdict Verdict
	for _, r := range rules {
		severity := profile.severity(r)
		if severity == Off {
			continue
		}
		r.check(b, func(path, format string, args ...any) {
			message := fmt.Sprintf(format, args...)
			verdict.Findings = append(verdict.Findings, Finding{Rule: r.name, Severity: severity, Path: path, Message: message})
		})
	}
	return verdict
}
