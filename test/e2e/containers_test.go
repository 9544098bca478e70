package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

const (
	shellImage  = "clockwork.test/shell:test"
	staticImage = "clockwork.test/static:test"
	pythonImage = "clockwork.test/python:test"
)

// onEngines runs a test on each engine for containers, with a daemon of its own. At its end no container of the daemon is left.
func onEngines(t *testing.T, image string, test func(t *testing.T, d *harness.Daemon, e harness.ContainerEngine)) {
	t.Helper()
	for _, e := range harness.ContainerEngines(t) {
		t.Run(e.Name, func(t *testing.T) {
			t.Parallel()
			d := harness.StartDaemon(t, harness.DaemonOptions{Runners: e.Runner("containers", image)})
			test(t, d, e)
			d.Stop(t)
			if left := e.Containers(t, d); len(left) > 0 {
				t.Errorf("left behind: %q", left)
			}
		})
	}
}

func TestExamplesInContainers(t *testing.T) {
	t.Parallel()
	onEngines(t, pythonImage, func(t *testing.T, d *harness.Daemon, _ harness.ContainerEngine) {
		t.Helper()
		document := harness.ParseDocument(t, d.Ctl(t, "execute", example("fanout.json"), "-o", "json").Want(t, 0))
		if got := document.Step(t, "merge").Stdout; got != "total 71964000\n" {
			t.Errorf("the merge printed %q", got)
		}
		document = harness.ParseDocument(t, d.Ctl(t, "execute", example("pipeline.json"), "-o", "json").Want(t, 0))
		if got := document.Step(t, "verify_http").Stdout; got != "verified http://127.0.0.1:18080/index.html\n" {
			t.Errorf("the last step printed %q", got)
		}
	})
}

// An image with nothing but one static program runs that program as a step.
func TestAnImageWithOneProgram(t *testing.T) {
	t.Parallel()
	onEngines(t, staticImage, func(t *testing.T, d *harness.Daemon, _ harness.ContainerEngine) {
		t.Helper()
		step := harness.Object{"purpose": "say", "run": harness.Object{"cmd": []string{"/program", "one", "two"}}}
		document := d.MustExecute(t, 0, harness.NewBundle(step))
		if got := document.Step(t, "say").Stdout; got != "one two\n" {
			t.Errorf("it printed %q", got)
		}
		if document.Step(t, "say").ContainerID == "" {
			t.Error("the result names no container")
		}
	})
}

// A daemon that is killed leaves its steps running in their containers, and the next one takes them up.
func TestKilledDaemonAndContainers(t *testing.T) {
	t.Parallel()
	onEngines(t, shellImage, func(t *testing.T, d *harness.Daemon, _ harness.ContainerEngine) {
		t.Helper()
		const script = `n=0; while [ $n -lt 300 ]; do n=$((n+1)); echo $n; sleep 0.01; done; exit 7`
		id := d.Detach(t, harness.NewBundle(harness.Shell("count", script)))
		awaitRunning(t, d, id)
		d.Kill(t)
		d.Start(t)
		d.Ctl(t, "executions", "watch", id).Want(t, 1)
		document := d.Show(t, id)
		var want strings.Builder
		for n := range 300 {
			fmt.Fprintln(&want, n+1)
		}
		if step := document.Step(t, "count"); step.ExitCode == nil || *step.ExitCode != 7 || step.Stdout != want.String() {
			t.Errorf("the step ended with %v and %d bytes, want exit code 7 and all of %d bytes", step.ExitCode, len(step.Stdout), want.Len())
		}
	})
}

// A container that is removed under a running step makes the step lost, never successful.
func TestARemovedContainer(t *testing.T) {
	t.Parallel()
	onEngines(t, shellImage, func(t *testing.T, d *harness.Daemon, e harness.ContainerEngine) {
		t.Helper()
		id := d.Detach(t, harness.NewBundle(harness.Shell("wait", "echo begun; sleep 1000")))
		awaitRunning(t, d, id)
		for _, c := range e.Containers(t, d) {
			e.Command(t, "rm", "--force", strings.Fields(c)[0])
		}
		d.Ctl(t, "executions", "watch", id).Want(t, 4)
		if step := d.Show(t, id).Step(t, "wait"); step.Status != "lost" || !strings.Contains(step.ErrorMessage, "container was") {
			t.Errorf("the step is %s because %q, want it lost because its container was removed", step.Status, step.ErrorMessage)
		}
	})
}

// awaitRunning waits until a step of an execution has printed something.
func awaitRunning(t *testing.T, d *harness.Daemon, id string) {
	t.Helper()
	harness.Eventually(t, harness.Patience, "output", func() bool { return d.Ctl(t, "executions", "logs", id).Stdout != "" })
}
