package e2e

import (
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// example returns the path of a bundle that users find in the repository.
func example(name string) string { return filepath.Join(harness.Root(), "examples", name) }

// The pipeline's third step leaves a service running, its fourth talks to it, and with the execution the service ends.
func TestPipeline(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"bash", "git", "python3"} {
		harness.Program(t, program)
	}
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	port, mark := harness.FreePort(t), harness.Mark()
	result := d.Ctl(t, "execute", example("pipeline.json"), "-o", "json",
		"--var", "PORT="+port, "--var", "MARK="+mark).Want(t, 0)
	if !harness.Within(time.Second, func() bool { return len(d.Sandboxed(t)) == 0 }) {
		t.Errorf("alive a second after the end: %v", d.Sandboxed(t))
	}
	harness.AwaitNoneOf(t, mark)

	document := harness.ParseDocument(t, result)
	if document.Status != "success" {
		t.Errorf("status %q, want success", document.Status)
	}
	summary := document.Summary
	if summary.TotalSteps != 4 || summary.Successful != 4 || summary.SuccessRate != 100 {
		t.Errorf("summary %+v, want four successful steps", summary)
	}
	for name, printed := range map[string]string{
		"fetch_repo":     "fetched release v1.2.0\n",
		"build_image":    "built ",
		"ensure_service": "service up on " + port + "\n",
		"verify_http":    "verified http://127.0.0.1:" + port + "/index.html\n",
	} {
		if stdout := document.Step(t, name).Stdout; !strings.HasPrefix(stdout, printed) {
			t.Errorf("step %s printed %q, want %q", name, stdout, printed)
		}
	}
	if got := document.Step(t, "verify_http").EnvironmentVars; got["VERBOSE"] != "true" || got["EXPECT_STATUS"] != "200" || got["PORT"] != port {
		t.Errorf("vars were not rendered as they should be: %v", got)
	}
}

// Standard output and standard error are two things, byte for byte.
func TestHello(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	document := harness.ParseDocument(t, d.Ctl(t, "execute", example("hello.json"), "-o", "json").Want(t, 0))
	const stdout, stderr = "hello, clockwork\n", "a line on stderr\n"
	if step := document.Step(t, "hello"); step.Stdout != stdout || step.Stderr != stderr ||
		step.StdoutBytes != int64(len(stdout)) || step.StderrBytes != int64(len(stderr)) {
		t.Errorf("step printed %+v", step)
	}
	for stream, want := range map[string]string{"stdout": stdout, "stderr": stderr} {
		logs := d.Ctl(t, "executions", "logs", document.ExecutionID, "--stream", stream).Want(t, 0)
		if logs.Stdout != want || logs.Stderr != "" {
			t.Errorf("logs --stream %s printed %q and, on standard error, %q", stream, logs.Stdout, logs.Stderr)
		}
	}
}

// Eight shards run, then the merge of what they made.
func TestFanout(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	document := harness.ParseDocument(t, d.Ctl(t, "execute", example("fanout.json"), "-o", "json").Want(t, 0))
	if got := document.Step(t, "merge").Stdout; got != "total 71964000\n" {
		t.Errorf("the merge printed %q", got)
	}
	var names []string
	for _, step := range document.Steps {
		names = append(names, step.Name)
	}
	want := []string{"shard-1", "shard-2", "shard-3", "shard-4", "shard-5", "shard-6", "shard-7", "shard-8", "merge"}
	if !slices.Equal(names, want) {
		t.Errorf("results are in the order %v, want the bundle's", names)
	}
	merge := document.Step(t, "merge")
	for _, step := range document.Steps[:8] {
		if *step.EndTime > *merge.StartTime {
			t.Errorf("%s ended at %f, after the merge began at %f", step.Name, *step.EndTime, *merge.StartTime)
		}
	}
}

// Eight independent steps, each of which waits for all the others, can only succeed if they run at the same time.
func TestIndependentStepsRunAtTheSameTime(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	const meet = `mkdir -p here; : >here/$ME; i=0
while [ $(ls here | wc -l) -lt 8 ]; do i=$((i+1)); [ $i -lt 600 ] || exit 1; sleep 0.05; done`
	bundle := harness.NewBundle(meeting(8, meet)...)
	bundle["order"] = "graph"
	d.MustExecute(t, 0, bundle)

	bundle["order"] = "sequence"
	document := d.MustExecute(t, 124, bundle, "--timeout-per-step", "1s")
	if first := document.Steps[0]; first.Status != "timeout" {
		t.Errorf("in sequence the first step waits alone, but it ended as %s", first.Status)
	}
}

// Of more independent steps than sixteen, sixteen run at once.
func TestAtMostSixteenStepsRunAtOnce(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	const count = `mkdir -p begun now; : >begun/$ME; : >now/$ME; i=0
while [ $(ls begun | wc -l) -lt 16 ]; do i=$((i+1)); [ $i -lt 600 ] || exit 1; sleep 0.05; done
ls now | wc -l; rm now/$ME`
	bundle := harness.NewBundle(meeting(20, count)...)
	bundle["order"] = "graph"
	for _, step := range d.MustExecute(t, 0, bundle).Steps {
		running, err := strconv.Atoi(strings.TrimSpace(step.Stdout))
		if err != nil || running > 16 {
			t.Errorf("step %s saw %q steps running, want at most 16", step.Name, step.Stdout)
		}
	}
}

// meeting returns steps that run the same script, each of which knows who it is.
func meeting(n int, script string) []harness.Object {
	steps := make([]harness.Object, n)
	for i := range steps {
		name := "guest-" + strconv.Itoa(i)
		steps[i] = harness.Shell(name, script)
		steps[i]["run"].(harness.Object)["env"] = harness.Object{"ME": name} //nolint:errcheck // Shell made it an object
	}
	return steps
}
