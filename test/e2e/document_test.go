package e2e

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// kinds are the fields of an object and how JSON spells the values of each.
type kinds map[string]string

var documentKinds = kinds{"execution_id": "string", "status": "string", "execution_summary": "object", "step_results": "list"}

var summaryKinds = kinds{
	"total_steps": "integer", "successful": "integer", "failed": "integer", "timeouts": "integer", "cancelled": "integer",
	"skipped": "integer", "lost": "integer", "errors": "integer", "total_time": "number", "total_retries": "integer", "success_rate": "number",
}

var stepKinds = kinds{
	"step_index": "integer", "name": "string", "purpose": "string", "artifact_name": "string", "status": "string", "exit_code": "integer or null",
	"signal": "string", "stdout": "string", "stderr": "string", "stdout_bytes": "integer", "stderr_bytes": "integer",
	"stdout_truncated": "boolean", "stderr_truncated": "boolean", "execution_time": "number", "start_time": "number or null",
	"end_time": "number or null", "error_message": "string", "metadata": "object", "retry_count": "integer", "timeout_occurred": "boolean",
	"resource_usage": "object", "command": "list", "working_directory": "string", "environment_vars": "object",
	"validation_warnings": "list", "security_violations": "list", "runner_type": "string", "runner": "string",
	"container_id": "string", "pod_name": "string", "remote_host": "string", "output_files": "list", "limits_hit": "list",
}

var usageKinds = kinds{
	"cpu_user": "number", "cpu_system": "number", "cpu_throttled": "number", "max_rss_bytes": "integer", "peak_memory_bytes": "integer",
	"read_bytes": "integer", "written_bytes": "integer", "phases": "object",
}

var phasesKinds = kinds{"queue": "number", "provision": "number", "upload": "number", "run": "number", "collect": "number"}

// The document has every field, whether or not there is anything to say in it, and each is spelled in its one way.
func TestDocumentIsComplete(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	bundle := harness.NewBundle(
		harness.Shell("fine", "echo out; echo err >&2; echo x >kept", harness.Object{"outputs": []string{"kept"}}),
		harness.Shell("killed", "kill -TERM $$"),
		harness.Shell("never", "true"),
	)
	result := d.Ctl(t, "execute", d.WriteBundle(t, bundle), "-o", "json").Want(t, 1)
	document := documentKinds.check(t, "document", json.RawMessage(result.Stdout))
	summaryKinds.check(t, "execution_summary", document["execution_summary"])
	var steps []json.RawMessage
	if err := json.Unmarshal(document["step_results"], &steps); err != nil || len(steps) != 3 {
		t.Fatalf("%d step results (%v), want one for each step", len(steps), err)
	}
	for i, raw := range steps {
		step := stepKinds.check(t, "step_results["+strconv.Itoa(i)+"]", raw)
		phasesKinds.check(t, "phases", usageKinds.check(t, "resource_usage", step["resource_usage"])["phases"])
	}
	show := d.Ctl(t, "executions", "show", onlyID(t, d), "-o", "json").Want(t, 0)
	if show.Stdout != result.Stdout {
		t.Errorf("show prints another document than execute.\nexecute:\n%s\nshow:\n%s", result.Stdout, show.Stdout)
	}
}

// check fails the test unless an object has exactly these fields, spelled so; it returns them.
func (k kinds) check(t *testing.T, name string, object json.RawMessage) map[string]json.RawMessage {
	t.Helper()
	fields := map[string]json.RawMessage{}
	if err := json.Unmarshal(object, &fields); err != nil {
		t.Fatalf("%s is no object: %v", name, err)
	}
	if got, want := slices.Sorted(maps.Keys(fields)), slices.Sorted(maps.Keys(k)); !slices.Equal(got, want) {
		t.Errorf("%s has the fields\n%q, want\n%q", name, got, want)
	}
	for field, value := range fields {
		if got := kindOf(string(value)); !strings.Contains(k[field], got) && (got != "integer" || !strings.HasPrefix(k[field], "number")) {
			t.Errorf("%s.%s is %s, want %s: %s", name, field, got, k[field], value)
		}
	}
	return fields
}

func kindOf(value string) string {
	switch {
	case value == "null":
		return "null"
	case value == "true" || value == "false":
		return "boolean"
	case value[0] == '"':
		return "string"
	case value[0] == '[':
		return "list"
	case value[0] == '{':
		return "object"
	}
	if _, err := strconv.ParseInt(value, 10, 64); err == nil {
		return "integer"
	}
	return "number"
}

// What the fields say of a step that ran, of one that was killed, and of one that never started.
func TestDocumentSaysWhatHappened(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	bundle := harness.NewBundle(
		harness.Shell("fine", "echo out; printf err >&2; sleep 0.2"),
		harness.Shell("killed", "kill -USR1 $$; sleep 10"),
		harness.Shell("never", "true"),
	)
	bundle["vars"] = harness.Object{"PORT": 8080}
	document := d.MustExecute(t, 1, bundle)
	summary := document.Summary
	if summary.TotalTime <= 0 {
		t.Errorf("total_time %f", summary.TotalTime)
	}
	summary.TotalTime = 0
	if want := (harness.Summary{TotalSteps: 3, Successful: 1, Failed: 1, Skipped: 1, SuccessRate: 100.0 / 3}); summary != want {
		t.Errorf("summary %+v, want %+v", summary, want)
	}
	fine, killed, never := document.Steps[0], document.Steps[1], document.Steps[2]
	same(t, "the exit code of the step that ran", code(fine), "0")
	same(t, "its stdout", fine.Stdout, "out\n")
	same(t, "its stderr", fine.Stderr, "err")
	same(t, "its stdout_bytes", fine.StdoutBytes, 4)
	same(t, "its stderr_bytes", fine.StderrBytes, 3)
	same(t, "its command", strings.Join(fine.Command[1:], " "), "-c echo out; printf err >&2; sleep 0.2")
	same(t, "its runner", fine.Runner+":"+fine.RunnerType, "local:local")
	same(t, "its var PORT", fine.EnvironmentVars["PORT"], "8080")
	if fine.ExecutionTime < 0.2 || *fine.EndTime-*fine.StartTime < 0.2 {
		t.Errorf("the step that slept for 0.2 s took %f s, from %f to %f", fine.ExecutionTime, *fine.StartTime, *fine.EndTime)
	}
	same(t, "the status of the killed step", killed.Status, "failed")
	same(t, "its exit code", code(killed), "null")
	same(t, "its signal", killed.Signal, "SIGUSR1")
	same(t, "the status of the step that never started", never.Status, "skipped")
	same(t, "its exit code", code(never), "null")
	same(t, "whether it has a start", never.StartTime != nil, false)
	if !strings.Contains(never.ErrorMessage, "killed") {
		t.Errorf("the skipped step does not name the step that is to blame: %q", never.ErrorMessage)
	}
}

// code is an exit code as the document has it.
func code(step harness.Step) string {
	if step.ExitCode == nil {
		return "null"
	}
	return strconv.Itoa(*step.ExitCode)
}

// Output that is no text is made readable in the document, and long output is cut there, and says so.
func TestTails(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	document := d.MustExecute(t, 0, harness.NewBundle(
		harness.Shell("binary", `printf 'a\377b'; printf 'c\000d' >&2`),
		harness.Shell("long", `i=0; while [ $i -lt 5000 ]; do echo "line number $i of many"; i=$((i+1)); done; echo short >&2`),
	))
	binary := document.Step(t, "binary")
	if binary.Stdout != "a\ufffdb" || binary.StdoutBytes != 3 || binary.Stderr != "c\x00d" || binary.StdoutTruncated {
		t.Errorf("binary output is told as %q (%d bytes) and %q", binary.Stdout, binary.StdoutBytes, binary.Stderr)
	}
	long := document.Step(t, "long")
	if len(long.Stdout) > 64<<10 || len(long.Stdout) < 60<<10 || !strings.HasSuffix(long.Stdout, "line number 4999 of many\n") {
		t.Errorf("of long output %d bytes are told, ending in %q", len(long.Stdout), long.Stdout[max(0, len(long.Stdout)-30):])
	}
	if !long.StdoutTruncated || long.StdoutBytes <= 64<<10 || long.StderrTruncated || long.Stderr != "short\n" {
		t.Errorf("stdout_truncated %v of %d bytes, stderr_truncated %v", long.StdoutTruncated, long.StdoutBytes, long.StderrTruncated)
	}
}
