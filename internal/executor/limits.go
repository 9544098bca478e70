package executor

import (
	"fmt"
	"slices"
	"strings"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// limitWords is what is said of the limits: their names in a runner's resource_limits, what they allow, and what became of that.
var limitWords = map[agentv1.Limit]struct{ name, noun, fate string }{
	agentv1.Limit_LIMIT_MEMORY:    {"memory", "memory limit", "was exceeded"},
	agentv1.Limit_LIMIT_PROCESSES: {"processes", "process limit", "was reached"},
	agentv1.Limit_LIMIT_FILE_SIZE: {"file_size", "file size limit", "was exceeded"},
}

// limitsHit translates what an agent says. What it should not say, a sandbox being what it is, is left out.
func limitsHit(exited *agentv1.Exited) (hits []*clockworkv1.LimitHit) {
	for _, hit := range exited.GetLimitsHit() {
		words, known := limitWords[hit.GetLimit()]
		again := slices.ContainsFunc(hits, func(other *clockworkv1.LimitHit) bool { return other.GetName() == words.name })
		if known && !again {
			hits = append(hits, &clockworkv1.LimitHit{Name: words.name, Value: hit.GetValue(), Killed: hit.GetKilled()})
		}
	}
	return hits
}

// limitsMessage says which limits were reached; empty: none that is known.
func limitsMessage(exited *agentv1.Exited) string {
	var all []string
	for _, hit := range exited.GetLimitsHit() {
		if words, known := limitWords[hit.GetLimit()]; known {
			all = append(all, fmt.Sprintf("the %s%s %s%s", words.noun, allowed(hit), words.fate, toll(hit)))
		}
	}
	return strings.Join(all, ", ")
}

// allowed is " of 64 MiB"; empty where nobody knows.
func allowed(hit *agentv1.LimitHit) string {
	switch {
	case hit.GetValue() == 0:
		return ""
	case hit.GetLimit() == agentv1.Limit_LIMIT_PROCESSES:
		return fmt.Sprintf(" of %d", hit.GetValue())
	default:
		return " of " + size(hit.GetValue())
	}
}

// toll counts the processes that a limit has cost, where it may be more than the one whose end is told already.
func toll(hit *agentv1.LimitHit) string {
	if hit.GetKilled() < 2 {
		return ""
	}
	return fmt.Sprintf(" (%d processes were killed)", hit.GetKilled())
}

// size is a number of bytes in the largest binary unit that it is a multiple of.
func size(bytes uint64) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	unit := 0
	for unit < len(units)-1 && bytes != 0 && bytes%1024 == 0 {
		bytes /= 1024
		unit++
	}
	return fmt.Sprintf("%d %s", bytes, units[unit])
}

// warnOfLimits tells when a step has succeeded although a limit was reached: something that it started was ended or refused.
func (a *attempt) warnOfLimits(exited *agentv1.Exited, status clockworkv1.StepStatus) {
	message := limitsMessage(exited)
	if status != stepSuccess || message == "" {
		return
	}
	step := uint32(a.step)
	a.execution.inbox.post(noticed{phase: clockworkv1.Phase_PHASE_RUN, step: &step, message: fmt.Sprintf(
		"step %q succeeded, but %s", a.execution.plan.steps[a.step].Name, message)})
}
