package e2e

import (
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// A step that freezes the agent which should end it is ended from outside, and does not keep its place in the pool.
func TestAFrozenAgentIsOutlasted(t *testing.T) {
	t.Parallel()
	const freeze = `: >$BEGUN; kill -STOP $PPID; sleep 1000`
	for name, test := range map[string]struct {
		step   harness.Object
		cancel bool
		code   int
		status string
	}{
		"by the step's timeout": {harness.Shell("freeze", freeze, harness.Object{"timeout": "1s"}), false, 124, "timeout"},
		"by a cancel":           {harness.Shell("freeze", freeze), true, 130, "cancelled"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := harness.StartDaemon(t, harness.DaemonOptions{Runner: "grace: 1s\n"})
			bundle, wait := begun(t, d, harness.NewBundle(test.step, harness.Shell("next", "true")))
			id := d.Detach(t, bundle)
			wait()
			if test.cancel {
				d.Ctl(t, "executions", "cancel", id).Want(t, 0)
			}
			document := harness.ParseDocument(t, d.Ctl(t, "executions", "watch", id, "-o", "json").Want(t, test.code))
			same(t, "the step's status", document.Step(t, "freeze").Status, test.status)
			same(t, "the next step's status", document.Step(t, "next").Status, "skipped")
			awaitAgents(t, d, 0)
		})
	}
}
