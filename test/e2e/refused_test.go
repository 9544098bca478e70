package e2e

import (
	"encoding/json"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// refusal is a document that is not a bundle, and what is said about it.
type refusal struct {
	name     string
	document string
	// faults are the paths of all faults. The decoder names them in the order of the document, the daemon in that of the message.
	faults []string
	// documentOnly says that the fault is one of notation, which a gRPC client cannot make: its tools refuse the document
	// themselves, or the message that they send has lost the fault.
	documentOnly bool
}

// A bad bundle is refused whole: with exit code 2, every fault named by its path and all at once, before anything is
// provisioned and without a trace. What the client does with the document, the daemon does with the message.
func TestBadBundlesAreRefused(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	leaveNoTrace(t, d)
	for name, cases := range map[string][]refusal{
		"document": badDocuments, "yaml": badYAML, "artifacts": badArtifacts, "paths": badPaths, "vars": badVars,
		"steps": badSteps, "retry": badRetries, "graph": badGraphs, "limits": beyondLimits(),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, c := range cases {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.check(t, d)
				})
			}
		})
	}
}

func (c refusal) check(t *testing.T, d *harness.Daemon) {
	t.Helper()
	path := d.WriteDocument(t, "json", []byte(c.document))
	result := d.Ctl(t, "execute", path).Want(t, 2)
	if result.Stdout != "" {
		t.Errorf("a refused bundle printed on standard output: %s", result.Stdout)
	}
	for _, fault := range c.faults {
		if !strings.Contains(result.Stderr, fault+": ") {
			t.Errorf("execute does not name %s:\n%s", fault, result.Stderr)
		}
	}
	named := validated(t, d.Ctl(t, "validate", path, "-o", "json").Want(t, 2))
	if !sameElements(named, c.faults) {
		t.Errorf("validate names %q, want %q", named, c.faults)
	}
	if c.documentOnly {
		if !slices.Equal(named, c.faults) {
			t.Errorf("validate names %q, not in the order of the document", named)
		}
		return
	}
	status := d.Grpcurl(t, "ExecutionService/ExecuteBundle", []byte(`{"bundle": `+c.document+`}`)).Status
	if got := status.Violations(); status.Name() != "INVALID_ARGUMENT" || !sameElements(got, c.faults) {
		t.Errorf("the API answers %s and names %q, want %q: %s", status.Name(), got, c.faults, status.Message)
	}
}

// validated returns the paths of the faults that validate -o json prints.
func validated(t *testing.T, result harness.Result) []string {
	t.Helper()
	var verdict struct {
		Valid  *bool
		Faults []struct{ Path, Message string }
	}
	if err := json.Unmarshal([]byte(result.Stdout), &verdict); err != nil || verdict.Valid == nil || *verdict.Valid {
		t.Fatalf("validate does not say that the bundle is not valid (%v):\n%s", err, result.Stdout)
	}
	paths := make([]string, len(verdict.Faults))
	for i, fault := range verdict.Faults {
		if paths[i] = fault.Path; fault.Message == "" {
			t.Errorf("nothing is said about %s", fault.Path)
		}
	}
	return paths
}

// leaveNoTrace fails the test unless, at its end, the daemon has no trace of an execution that it does not have now.
func leaveNoTrace(t *testing.T, d *harness.Daemon) {
	t.Helper()
	before := traces(t, d)
	t.Cleanup(func() {
		if after := traces(t, d); !slices.Equal(before, after) {
			t.Errorf("the refused bundles have left traces.\nbefore: %q\nafter: %q", before, after)
		}
	})
}

// traces is all that an execution would leave: its record, its sandbox, files of any kind.
func traces(t *testing.T, d *harness.Daemon) []string {
	t.Helper()
	found := []string{
		d.Ctl(t, "executions", "list", "-o", "json").Want(t, 0).Stdout,
		strings.Join(ids(t, d), " "),
	}
	for _, process := range d.Sandboxed(t) {
		found = append(found, process.String())
	}
	for _, dir := range []string{d.StateDir, d.RuntimeDir} {
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			found = append(found, path)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return found
}

// ids returns the ids of all executions, by grpcurl.
func ids(t *testing.T, d *harness.Daemon) []string {
	t.Helper()
	reply := d.Grpcurl(t, "ExecutionService/ListExecutions", []byte(`{"page_size": 1000}`))
	var list struct{ Executions []struct{ ID string } }
	if err := json.Unmarshal(reply.Messages[0], &list); err != nil {
		t.Fatal(err)
	}
	ids := []string{}
	for _, execution := range list.Executions {
		ids = append(ids, execution.ID)
	}
	return ids
}

// sameElements compares lists whose order does not matter: a message has lost the order of the document.
func sameElements(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// The following complete a document of which only some fields matter.

func bundleWith(fields string) string {
	return `{"version": "1", "steps": [{"purpose": "a", "run": {"cmd": ["true"]}}], ` + fields + `}`
}

func stepWith(fields string) string {
	return `{"version": "1", "steps": [{"purpose": "a", "run": {"cmd": ["true"]}, ` + fields + `}]}`
}

func runWith(fields string) string {
	return `{"version": "1", "steps": [{"purpose": "a", "run": {` + fields + `}}]}`
}

func artifactWith(fields string) string {
	return bundleWith(`"artifacts": [{"path": "a.txt", "content": "hello", ` + fields + `}]`)
}

func artifactsAt(paths ...string) string {
	artifacts := make([]string, len(paths))
	for i, path := range paths {
		quoted, _ := json.Marshal(path) // a string can always be marshalled
		artifacts[i] = `{"path": ` + string(quoted) + `}`
	}
	return bundleWith(`"artifacts": [` + strings.Join(artifacts, ", ") + `]`)
}

func retryWith(fields string) string {
	return stepWith(`"retry": {"max_attempts": 2, ` + fields + `}`)
}

func graphOf(steps ...string) string {
	return `{"version": "1", "order": "graph", "steps": [` + strings.Join(steps, ", ") + `]}`
}

// node is a step of a graph.
func node(name string, needs ...string) string {
	quoted, _ := json.Marshal(append([]string{}, needs...)) // strings can always be marshalled
	return `{"name": "` + name + `", "run": {"cmd": ["true"]}, "needs": ` + string(quoted) + `}`
}
