package bundle_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/internal/bundle"
)

// checkFaults wants exactly these faults, in this order, each a path and a part of the message.
func checkFaults(t *testing.T, err error, want [][2]string) {
	t.Helper()
	var faults bundle.Faults
	if !errors.As(err, &faults) {
		t.Fatalf("error is %v (%T), want Faults", err, err)
	}
	for i := range max(len(faults), len(want)) {
		switch {
		case i >= len(want):
			t.Errorf("one too many: %s: %s", faults[i].Path, faults[i].Message)
		case i >= len(faults):
			t.Errorf("not found: %s: …%s…", want[i][0], want[i][1])
		case faults[i].Path != want[i][0] || !strings.Contains(faults[i].Message, want[i][1]):
			t.Errorf("fault %d is %s: %s\nwant %s: …%s…", i, faults[i].Path, faults[i].Message, want[i][0], want[i][1])
		}
	}
}

func mustParse(t *testing.T, document string) *bundle.Bundle {
	t.Helper()
	_, b, err := bundle.Parse([]byte(document), bundle.DefaultLimits())
	if err != nil {
		t.Fatalf("cannot parse: %v\n%s", err, document)
	}
	return b
}

func TestParseAcceptsWhatKeepsTheRules(t *testing.T) {
	t.Parallel()
	for name, document := range valid {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mustParse(t, document)
		})
	}
}

func TestParseNamesEveryFault(t *testing.T) {
	t.Parallel()
	for name, test := range invalid {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			message, b, err := bundle.Parse([]byte(test.document), bundle.DefaultLimits())
			checkFaults(t, err, test.faults)
			if message == nil || b != nil {
				t.Errorf("message is %v, bundle is %v; want a message and no bundle", message, b)
			}
		})
	}
}

// several is a document with faults of every kind at once. The need of nobody is not among them: somebody may be
// what the second step is called.
const several = `{
  "version": "2",
  "steps": [
    {"purpose": "a", "run": {"cmd": ["true", 5], "cwd": "/"}, "needs": ["nobody"]},
    {"purpos": "b", "run": "true", "timeout": "5m"}
  ],
  "vars": {"A": 1.5, "1B": "", "A": 2},
  "artifacts": [
    {"path": "../x", "mode": 755},
    {"path": "y", "content": "a", "content": "b"},
    {"path": "y/z", "checksum": "sha1:0"}
  ],
  "runner": "local"
}`

func TestSeveralFaults(t *testing.T) {
	t.Parallel()
	want := [][2]string{
		{"version", `is "2" (line 2, column 3)`},
		{"steps[0].run.cmd[1]", `is a number; quote it: "5" (line 4, column 46)`},
		{"steps[0].run.cwd", "relative"},
		{"steps[1].purpos", "is purpose meant? (line 5"},
		{"steps[1].run", "must be an object"},
		{"steps[1].timeout", "seconds"},
		{"vars.A", "2^53"},
		{"vars.1B", "name"},
		{"vars.A", "given twice, first in line 7"},
		{"artifacts[0].path", ".."},
		{"artifacts[0].mode", "quote it"},
		{"artifacts[1].content", "given twice"},
		{"artifacts[2].path", "lies below artifacts[1]"},
		{"artifacts[2].checksum", "sha256:"},
		{"runner", "unknown"},
	}
	_, _, err := bundle.Parse([]byte(several), bundle.DefaultLimits())
	checkFaults(t, err, want)
}

// TestConsequencesAreNotNamed: what merely follows from a fault would send the reader astray.
func TestConsequencesAreNotNamed(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		document string
		faults   [][2]string
	}{
		"misnamed steps":    {`{"version": "1", "step": []}`, [][2]string{{"step", "is steps meant?"}}},
		"misnamed cmd":      {withRun(`{"command": ["x"]}`), [][2]string{{"steps[0].run.command", "unknown"}}},
		"misplaced cmd":     {withSteps(`{"purpose": "a", "cmd": ["x"]}`), [][2]string{{"steps[0].cmd", "unknown"}}},
		"misnamed path":     {withArtifacts(`{"file": "x"}`), [][2]string{{"artifacts[0].file", "unknown"}}},
		"misnamed attempts": {withStep(`"retry": {"attempts": 3}`), [][2]string{{"steps[0].retry.attempts", "unknown"}}},
		"misnamed step":     {withSteps(`{"namme": "a", "run": {"cmd": ["x"]}}, {"name": "b", "run": {"cmd": ["x"]}, "needs": ["a"]}`), [][2]string{{"steps[0].namme", "is name meant?"}}},
		"bad name":          {withSteps(`{"name": 5, "run": {"cmd": ["x"]}}, {"name": "b", "run": {"cmd": ["x"]}, "needs": ["5"]}`), [][2]string{{"steps[0].name", "quote it"}}},
		"bad run":           {withRun(`"x"`), [][2]string{{"steps[0].run", "must be an object"}}},
		"bad cmd":           {withRun(`{"cmd": "x"}`), [][2]string{{"steps[0].run.cmd", "must be a list"}}},
		"bad step":          {withSteps(`5`), [][2]string{{"steps[0]", "must be an object"}}},
		"bad steps":         {`{"version": "1", "steps": {}}`, [][2]string{{"steps", "must be a list"}}},
		"bad content":       {withArtifacts(`{"path": "x", "content": 5, "checksum": "sha256:5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"}`), [][2]string{{"artifacts[0].content", "quote it"}}},
		"bad artifacts":     {`{"version": "1", "artifacts": {}, "steps": [{"purpose": "a"}]}`, [][2]string{{"artifacts", "must be a list"}}},
		"bad mode":          {`{"version": "1", "artifacts": [{"path": "x", "mode": "rwx", "purpose": "a"}], "steps": [{"purpose": "a"}]}`, [][2]string{{"artifacts[0].mode", "octal"}}},
		"bad lang":          {`{"version": "1", "artifacts": [{"path": "x", "lang": 5, "purpose": "a"}], "steps": [{"purpose": "a"}]}`, [][2]string{{"artifacts[0].lang", "quote it"}}},

		// An unknown field of another type cannot be the missing one.
		"unknown and missing":       {`{"version": "1", "extra": true}`, [][2]string{{"steps", "at least one"}, {"extra", "unknown"}}},
		"unknown and unknown need":  {withStep(`"runner": "x", "needs": ["b"]`), [][2]string{{"steps[0].runner", "unknown"}, {"steps[0].needs[0]", "none is named"}}},
		"unknown and wrong":         {withArtifacts(`{"path": "../x", "chmod": "x"}`), [][2]string{{"artifacts[0].path", ".."}, {"artifacts[0].chmod", "unknown"}}},
		"inside of unknown objects": {`{"version": "1", "extra": {"steps": 1, "a": 1, "a": 2}, "steps": [` + shell + `]}`, [][2]string{{"extra", "unknown"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, _, err := bundle.Parse([]byte(test.document), bundle.DefaultLimits())
			checkFaults(t, err, test.faults)
		})
	}
}

func TestFaultsAreAnError(t *testing.T) {
	t.Parallel()
	_, err := bundle.Decode([]byte(`{"version": 1, "extra": 1}`), bundle.DefaultLimits())
	const want = "version: must be a string, is a number; quote it: \"1\" (line 1, column 2)\n" +
		"extra: is an unknown field; the fields here are version, artifacts, steps, vars, order (line 1, column 16)"
	if err == nil || err.Error() != want {
		t.Errorf("error is %v\nwant %v", err, want)
	}
}
