package policy

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Severity is how much the findings of a rule weigh.
type Severity string

const (
	// Off means that the rule is not looked at.
	Off Severity = "off"
	// Warning is worth knowing; the bundle runs.
	Warning Severity = "warning"
	// Deny refuses the bundle.
	Deny Severity = "deny"
)

// Profile says, by the names of rules, what their findings weigh. A rule that it does not name weighs what
// [DefaultProfile] says. Build one from outside values with [NewProfile].
type Profile map[string]Severity

// DefaultProfile names every rule with the weight it has where nobody says otherwise.
func DefaultProfile() Profile {
	profile := make(Profile, len(rules))
	for _, r := range rules {
		profile[r.name] = r.severity
	}
	return profile
}

// NewProfile is the default profile with changes: names of rules with "off", "warning" or "deny". A name that is
// no rule, or another weight, is an error; all of them are named.
func NewProfile(changes map[string]string) (Profile, error) {
	profile := DefaultProfile()
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(changes)) {
		severity := Severity(changes[name])
		switch {
		case profile[name] == "":
			errs = append(errs, fmt.Errorf("cannot weigh %q: no such rule; there are %s", name, strings.Join(ruleNames(), ", ")))
		case severity != Off && severity != Warning && severity != Deny:
			errs = append(errs, fmt.Errorf("cannot weigh %s as %q: must be off, warning or deny", name, changes[name]))
		default:
			profile[name] = severity
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return profile, nil
}

func (p Profile) severity(r rule) Severity {
	if severity, ok := p[r.name]; ok {
		return severity
	}
	return r.severity
}
