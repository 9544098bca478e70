package enginetest

import (
	"strconv"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/internal/runners"
)

// counting prints numbers until it is told to stop, and fails then.
const counting = "n=0; until [ -e go ]; do n=$((n+1)); echo $n; sleep 0.01; done; exit 7"

// Survives checks that a step goes on while its engine is away, and that nothing of its output is lost or doubled.
func Survives(t *testing.T, w *World, outage func()) {
	t.Helper()
	b := w.Box(t, nil)
	step := b.Start(bounded(t), "/bin/sh", "-c", counting)
	<-step.Started
	outage()
	b.Succeed(t, "/bin/touch", "go")
	got, err := step.Wait()
	if err != nil || got.ExitCode == nil || got.GetExitCode() != 7 {
		t.Fatalf("it ended as %v with %v, want exit code 7", got, err)
	}
	for i, line := range strings.Split(strings.TrimSuffix(got.Stdout, "\n"), "\n") {
		if line != strconv.Itoa(i+1) {
			t.Fatalf("line %d of its output is %q", i+1, line)
		}
	}
}

// Lost checks that a step whose container ends with its engine is lost, for a reason, and that its sandbox can be destroyed then and
// another one made.
func Lost(t *testing.T, w *World, reason string, outage func()) {
	t.Helper()
	b := w.Box(t, nil)
	step := b.Start(bounded(t), forever...)
	<-step.Started
	outage()
	checkLost(t, step, reason)
	if err := b.Driver.Destroy(bounded(t), b.ID); err != nil {
		t.Errorf("Destroy: %v", err)
	}
	again, err := b.Driver.Create(bounded(t), runners.Spec{ID: b.ID, Progress: func(string) {}})
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	_ = again.Agent.Close()
}
