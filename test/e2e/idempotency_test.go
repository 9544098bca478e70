package e2e

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// Of many clients that come at once with one key, all get the same execution, also when the daemon dies among them. It runs once.
func TestOneKeyOneExecution(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	const clients, rounds = 6, 3
	for round := range rounds {
		runs := d.Dir + "/runs-" + strconv.Itoa(round)
		bundle := harness.NewBundle(harness.Shell("a", "echo run >>$RUNS"))
		bundle["vars"] = harness.Object{"RUNS": runs}
		path, ids := d.WriteBundle(t, bundle), make([]string, clients)
		var all sync.WaitGroup
		for i := range clients {
			all.Go(func() {
				harness.Within(harness.Patience, func() bool {
					result := d.Ctl(t, "execute", path, "--detach", "-o", "json", "--idempotency-key", "key-"+strconv.Itoa(round))
					if result.Code == 0 {
						ids[i] = harness.ParseDocument(t, result).ExecutionID
					}
					return result.Code == 0
				})
			})
		}
		harness.Eventually(t, harness.Patience, "the first execution of the round", func() bool { return exists(runs) || d.Process().Ended() })
		d.Kill(t)
		d.Start(t)
		all.Wait()
		for _, id := range ids {
			same(t, "the execution of a client", id, ids[0])
		}
		d.Ctl(t, "executions", "watch", ids[0]).Want(t, 0)
		same(t, "how often it ran", strings.Count(readFile(t, runs), "run"), 1)
		same(t, "the number of executions", len(listed(t, d)), round+1)
	}
}
