package executor_test

import (
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/internal/runners/fake"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Outputs wait for room on the disk. A step is no less successful for having had to wait, and whoever cancels it waits no longer.
func TestOutputsWaitForRoom(t *testing.T) {
	t.Parallel()
	for name, cancelled := range map[string]bool{"until there is some": false, "until the execution is cancelled": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := start(t)
			d.world.Program("true", fake.Exit(0))
			r := request(step("true", func(s *clockworkv1.Step) { s.Outputs = []string{"*.txt"} }))
			r.Bundle.Artifacts = []*clockworkv1.Artifact{
				{Path: "a.txt", Mode: "0600", Purpose: "data", Content: "a"}, {Path: "b.txt", Mode: "0600", Purpose: "data", Content: "b"},
			}
			d.disk.noFiles.Store(true)
			id := d.submit(r)
			<-d.disk.refused
			if cancelled {
				if err := d.Cancel(t.Context(), id, "tester", ""); err != nil {
					t.Error(err)
				}
			} else {
				d.disk.noFiles.Store(false)
			}
			result := d.finished(id).Steps[0].Result
			if !cancelled && (result.GetStatus() != clockworkv1.StepStatus_STEP_STATUS_SUCCESS || len(result.GetOutputFiles()) != 2) {
				t.Errorf("it ended as %v with %v: %s", result.GetStatus(), result.GetOutputFiles(), result.GetErrorMessage())
			}
			if cancelled && !strings.Contains(result.GetErrorMessage(), "disk of the state directory is full") {
				t.Errorf("it ended as %v, which does not tell that its outputs are missing: %s", result.GetStatus(), result.GetErrorMessage())
			}
		})
	}
}
