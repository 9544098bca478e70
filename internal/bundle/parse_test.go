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
