package e2e

import (
	"fmt"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// A daemon that may open few files serves as many executions at once as it has files for. The others wait; none ends half done.
func TestFewOpenFiles(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{OpenFiles: 64, Max: 60})
	bundle := harness.NewBundle(harness.Shell("a", "echo $WHO; sleep 0.3; echo again; sleep 0.2"), harness.Shell("b", "seq 1000"))
	var ids []string
	for i := range 60 {
		ids = append(ids, d.Detach(t, bundle, "--var", fmt.Sprintf("WHO=%d", i)))
	}
	for i, id := range ids {
		result := d.Ctl(t, "executions", "watch", id, "-o", "json")
		document := harness.ParseDocument(t, result)
		if result.Code != 0 || document.Step(t, "a").Stdout != fmt.Sprintf("%d\nagain\n", i) {
			t.Errorf("execution %d ended as %s: %s", i, document.Status, document.Step(t, "a").ErrorMessage)
		}
	}
}
