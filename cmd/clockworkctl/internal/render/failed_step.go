package render

import (
	"strings"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// maxFailures is how many failed steps are shown with the end of their output.
const maxFailures = 5

// wentWrong tells whether a person wants to know why a step ended so. That of a cancel or of a skipped step is known.
func wentWrong(status clockworkv1.StepStatus) bool {
	switch status {
	case clockworkv1.StepStatus_STEP_STATUS_FAILED, clockworkv1.StepStatus_STEP_STATUS_TIMEOUT,
		clockworkv1.StepStatus_STEP_STATUS_LOST, clockworkv1.StepStatus_STEP_STATUS_ERROR:
		return true
	default:
		return false
	}
}

// failure shows why a step went wrong, the end of what it printed, and the command that shows all of it.
func (p *Page) failure(id string, result *clockworkv1.ExecutionResult, end *tail) {
	c := p.charset
	status := stepStatus(result.GetStatus())
	line := p.palette.paint(bold, c.name(result.GetName())) + " " + p.Status(status)
	if why := ending(result); why != "" {
		line += ": " + c.name(why)
	}
	p.Line("%s", line)
	printed := end.all()
	for _, text := range printed {
		p.Line("%s", strings.TrimRight("  | "+c.printable(text), " "))
	}
	if len(printed) > 0 {
		p.Line("%s", p.palette.paint(faint, "all it printed: "+p.command+" executions logs "+id+" --step "+ShellWord(result.GetName())))
	}
}

// ShellWord is a word as a shell takes it.
func ShellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_-./:@%+=,", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
