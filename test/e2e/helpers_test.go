package e2e

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

func equal(a, b []string) bool { return slices.Equal(a, b) }

// same fails the test, and goes on, if something is not what it should be.
func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// awaitAgents waits until so many agents are alive and returns them.
func awaitAgents(t *testing.T, d *harness.Daemon, n int) []harness.Process {
	t.Helper()
	var agents []harness.Process
	harness.Eventually(t, harness.Patience, "the start of the agents", func() bool {
		agents = d.Agents(t)
		return len(agents) == n
	})
	return agents
}

// begun adds to a bundle the var BEGUN, a file that a step makes to say that it runs; wait waits for it.
func begun(t *testing.T, d *harness.Daemon, bundle harness.Bundle) (_ harness.Bundle, wait func()) {
	t.Helper()
	path := filepath.Join(d.Dir, harness.Mark())
	vars, _ := bundle["vars"].(harness.Object)
	return harness.With(bundle, harness.Object{"vars": harness.With(vars, harness.Object{"BEGUN": path})}), func() {
		t.Helper()
		harness.Eventually(t, harness.Patience, "the begin of the step", func() bool {
			_, err := os.Stat(path)
			return err == nil
		})
	}
}

// onlyID returns the id of the daemon's only execution.
func onlyID(t *testing.T, d *harness.Daemon) string {
	t.Helper()
	all := listed(t, d)
	if len(all) != 1 {
		t.Fatalf("%d executions are listed, want one", len(all))
	}
	return all[0].ExecutionID
}

// listed are the daemon's executions, newest first.
func listed(t *testing.T, d *harness.Daemon, args ...string) []harness.Document {
	t.Helper()
	var list struct{ Executions []harness.Document }
	result := d.Ctl(t, append([]string{"executions", "list", "-o", "json"}, args...)...).Want(t, 0)
	if err := json.Unmarshal([]byte(result.Stdout), &list); err != nil {
		t.Fatal(err)
	}
	return list.Executions
}

// event is a line of -o jsonl.
type event struct {
	Sequence    uint64
	ExecutionID string `json:"execution_id"`
	Type        string
	Name        string
	Attempt     int
	Stream      string
	Offset      int64
	Bytes       int64
	Data        *string
	DataBase64  []byte `json:"data_base64"`
	Status      string
	Reason      string
	Message     string
	Warnings    []string
	Result      *harness.Step
}

// events parses what -o jsonl prints.
func events(t *testing.T, stdout string) []event {
	t.Helper()
	var all []event
	for line := range strings.Lines(stdout) {
		var e event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("not a JSON document on one line: %v: %s", err, line)
		}
		all = append(all, e)
	}
	return all
}

// types are the types of events, in their order.
func types(all []event) []string {
	types := make([]string, len(all))
	for i, e := range all {
		types[i] = e.Type
	}
	return types
}

// checkSequence fails the test unless the events are numbered without a gap, beginning with first.
func checkSequence(t *testing.T, all []event, first uint64) {
	t.Helper()
	for i, e := range all {
		if want := first + uint64(i); e.Sequence != want {
			t.Fatalf("event %d of %d has the number %d, want %d", i, len(all), e.Sequence, want)
		}
	}
}

// printed puts together what a step printed to a stream.
func printed(all []event, step, stream string) string {
	var out strings.Builder
	for _, e := range all {
		if e.Type != "output" || e.Name != step || e.Stream != stream {
			continue
		}
		if e.Data != nil {
			out.WriteString(*e.Data)
		}
		out.Write(e.DataBase64)
	}
	return out.String()
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func readFile(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// kill ends processes with SIGKILL; one that has ended meanwhile is no error.
func kill(t *testing.T, processes []harness.Process) {
	t.Helper()
	for _, process := range processes {
		if err := syscall.Kill(process.PID, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			t.Fatal(err)
		}
	}
}

// differ is the position of the first byte in which two texts differ.
func differ(a, b string) int {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return i
		}
	}
	return min(len(a), len(b))
}
