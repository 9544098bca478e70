package e2e

import (
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// An execution that was accepted waits for room on the disk of its workspace, and says so; when there is some it goes on. One that waits too
// long is told which disk it is, and what to do.
func TestQueuedExecutionsWaitForRoom(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Disk: "40m", Max: 1, Runner: "upload_timeout: 15s\nprovision_timeout: 15s\n"})
	artifact := harness.Object{"path": "large", "purpose": "large", "content": strings.Repeat("x", 4<<20)}
	queue := func() (id string, proceed func()) {
		holding, wait, release := holder(t, d)
		d.Detach(t, holding)
		wait()
		bundle := harness.NewBundle(harness.Shell("count", "wc -c <large"))
		bundle["artifacts"] = []harness.Object{artifact}
		return d.Detach(t, bundle), release
	}
	waits, proceed := queue()
	d.FillDisk(t)
	proceed()
	watch := d.StartCtl(t, "executions", "watch", waits, "-o", "jsonl")
	watch.AwaitStdout(t, "no room on the disk")
	d.FreeDisk(t)
	last := events(t, watch.Wait(t).Want(t, 0).Stdout)
	same(t, "what the step printed", strings.TrimSpace(printed(last, "count", "stdout")), "4194304")
}
