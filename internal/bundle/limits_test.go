package bundle_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/internal/bundle"
)

// TestLimits shows each limit twice: a bundle that is at the limit, and one that is just beyond it.
func TestLimits(t *testing.T) {
	t.Parallel()
	repeat := func(format string, count int) string {
		items := make([]string, count)
		for i := range items {
			items[i] = strings.ReplaceAll(format, "#", fmt.Sprint(i))
		}
		return strings.Join(items, ", ")
	}
	for name, test := range map[string]struct {
		set     func(*bundle.Limits)
		of      func(n int) string // a document with n of what is limited to 10
		path    string
		message string
	}{
		"values":    {func(l *bundle.Limits) { l.Values = 17 }, func(n int) string { return withRun(`{"cmd": [` + repeat(`"x"`, n) + `]}`) }, "steps[0].run.cmd[10]", "holds more values"},
		"artifact":  {func(l *bundle.Limits) { l.Artifact = 10 }, func(n int) string { return withArtifacts(`{"path": "x", "content": "` + strings.Repeat("x", n) + `"}`) }, "artifacts[0].content", "has 11 bytes; an artifact has at most 10"},
		"artifacts": {func(l *bundle.Limits) { l.Artifacts = 10 }, func(n int) string { return withArtifacts(repeat(`{"path": "x#"}`, n)) }, "artifacts", "has 11 artifacts; at most 10"},
		"steps":     {func(l *bundle.Limits) { l.Steps = 10 }, func(n int) string { return withSteps(repeat(shell, n)) }, "steps", "has 11 steps; at most 10"},
		"path":      {func(l *bundle.Limits) { l.Path = 10 }, func(n int) string { return withArtifacts(`{"path": "` + strings.Repeat("x", n) + `"}`) }, "artifacts[0].path", "has 11 bytes; a path has at most 10"},
		"name":      {func(l *bundle.Limits) { l.Name = 10 }, func(n int) string { return withStep(`"name": "` + strings.Repeat("x", n) + `"`) }, "steps[0].name", "has 11 bytes; at most 10"},
		"vars":      {func(l *bundle.Limits) { l.Vars = 10 }, func(n int) string { return withVars(`{` + repeat(`"V#": 1`, n) + `}`) }, "vars", "has 11 variables; at most 10"},
		"env":       {func(l *bundle.Limits) { l.Vars = 10 }, func(n int) string { return withRun(`{"cmd": ["x"], "env": {` + repeat(`"V#": ""`, n) + `}}`) }, "steps[0].run.env", "has 11 variables; at most 10"},
		"args":      {func(l *bundle.Limits) { l.Args = 10 }, func(n int) string { return withRun(`{"cmd": [` + repeat(`"x"`, n) + `]}`) }, "steps[0].run.cmd", "has 11 elements; at most 10"},
		"arg":       {func(l *bundle.Limits) { l.Arg = 10 }, func(n int) string { return withRun(`{"cmd": ["` + strings.Repeat("x", n-1) + `"]}`) }, "steps[0].run.cmd[0]", "takes 11 bytes; the kernel passes at most 10"},
		"var":       {func(l *bundle.Limits) { l.Arg = 10 }, func(n int) string { return withVars(`{"VAR": "` + strings.Repeat("x", n-5) + `"}`) }, "vars.VAR", "takes 11 bytes"},
		"env value": {func(l *bundle.Limits) { l.Arg = 10 }, func(n int) string {
			return withRun(`{"cmd": ["x"], "env": {"VAR": "` + strings.Repeat("x", n-5) + `"}}`)
		}, "steps[0].run.env.VAR", "takes 11 bytes"},
		"outputs": {func(l *bundle.Limits) { l.Outputs = 10 }, func(n int) string { return withStep(`"outputs": [` + repeat(`"x#"`, n) + `]`) }, "steps[0].outputs", "has 11 patterns; at most 10"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			limits := bundle.DefaultLimits()
			test.set(&limits)
			if _, _, err := bundle.Parse([]byte(test.of(10)), limits); err != nil {
				t.Errorf("at the limit: %v", err)
			}
			_, _, err := bundle.Parse([]byte(test.of(11)), limits)
			checkFaults(t, err, [][2]string{{test.path, test.message}})
		})
	}
}

func TestYAMLHasNoMoreValuesThanAllowed(t *testing.T) {
	t.Parallel()
	limits := bundle.DefaultLimits()
	limits.Values = 10
	_, err := bundle.Decode([]byte(strings.Repeat("- x\n", 10)), limits)
	checkFaults(t, err, [][2]string{{"$", "holds more values"}})
}

func TestFaultsBeyondTheLimitAreCounted(t *testing.T) {
	t.Parallel()
	limits := bundle.DefaultLimits()
	limits.Faults = 2
	document := `{"a": 1, "version": "2", "b": 1, "c": 1, "order": "x"}`
	_, err := bundle.Decode([]byte(document), limits)
	checkFaults(t, err, [][2]string{{"a", "unknown"}, {"b", "unknown"}, {"$", "has more faults than these"}})
	_, _, err = bundle.Parse([]byte(document), limits)
	checkFaults(t, err, [][2]string{{"a", "unknown"}, {"b", "unknown"}, {"$", "has more faults than these"}})
}
