package policy

import "github.com/clockworkd/clockwork/internal/bundle"

// rule looks for one thing in a bundle.
type rule struct {
	name string
	// severity is what its findings weigh by default.
	severity Severity
	// check reports where the thing is.
	check func(*bundle.Bundle, report)
}

// report takes a finding: its JSON path, and its message as for fmt.Sprintf.
type report func(path, format string, args ...any)

// rules is every rule, in the order of the findings.
var rules = []rule{
	{"not_executable", Warning, notExecutable},
	{"missing_artifact", Warning, missingArtifact},
	{"missing_shebang", Warning, missingShebang},
	{"crlf_shebang", Warning, crlfShebang},
	{"world_writable", Warning, worldWritable},
}

func ruleNames() []string {
	names := make([]string, len(rules))
	for i, r := range rules {
		names[i] = r.name
	}
	return names
}
