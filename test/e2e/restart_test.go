package e2e

import (
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// A step's time is up also while no daemon lives, and the next one knows.
func TestTimeoutWithoutDaemon(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Runner: shortGrace})
	mark := harness.Mark()
	bundle, wait := begun(t, d, harness.NewBundle(familyStep("a", mark, "sleep 1000", harness.Object{"timeout": "5s"})))
	id := d.Detach(t, bundle)
	wait()
	d.Kill(t)
	harness.Eventually(t, harness.Patience, "the end of the step's tree without a daemon", func() bool {
		return len(harness.ProcessesWith(t, mark)) == 0
	})
	d.Start(t)
	document := harness.ParseDocument(t, d.Ctl(t, "executions", "watch", id, "-o", "json").Want(t, 124))
	if step := document.Steps[0]; step.Status != "timeout" || !step.TimeoutOccurred {
		t.Errorf("the step ended as %s", step.Status)
	}
}

// Who waits for a sandbox when the daemon dies gets one from the next.
func TestQueueSurvivesTheDaemon(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Max: 1})
	holding, wait, release := holder(t, d)
	running := d.Detach(t, holding)
	wait()
	queued := d.Detach(t, harness.NewBundle(harness.Shell("a", "echo at last")))
	d.Kill(t)
	d.Start(t)
	if got := d.Show(t, queued).Status; got != "queued" {
		t.Errorf("after the restart the waiting execution is %s", got)
	}
	release()
	d.Ctl(t, "executions", "watch", running).Want(t, 0)
	document := harness.ParseDocument(t, d.Ctl(t, "executions", "watch", queued, "-o", "json").Want(t, 0))
	same(t, "what the waiting execution printed", document.Steps[0].Stdout, "at last\n")
}

// Who waits for the next attempt when the daemon dies is tried again by the next.
func TestRetrySurvivesTheDaemon(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	bundle, wait := begun(t, d, harness.NewBundle(harness.Shell("a", "echo x >>attempts; : >$BEGUN; [ $(wc -l <attempts) -eq 2 ]",
		harness.Object{"retry": harness.Object{"max_attempts": 3, "initial_delay": "2s"}})))
	id := d.Detach(t, bundle)
	wait()
	d.Kill(t)
	d.Start(t)
	document := harness.ParseDocument(t, d.Ctl(t, "executions", "watch", id, "-o", "json").Want(t, 0))
	same(t, "retry_count", document.Steps[0].RetryCount, 1)
}

// The same key means the same execution also after the daemon's death.
func TestIdempotencyKeySurvivesTheDaemon(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	bundle := harness.NewBundle(harness.Shell("a", "true"))
	id := d.MustExecute(t, 0, bundle, "--idempotency-key", "k").ExecutionID
	d.Kill(t)
	d.Start(t)
	same(t, "the execution that the key stands for", d.MustExecute(t, 0, bundle, "--idempotency-key", "k").ExecutionID, id)
}

// Sandboxes that served nobody when the daemon died are removed by the next, or used; none is left over.
func TestIdleSandboxesOfADeadDaemon(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Warm: 2})
	for range 3 {
		awaitAgents(t, d, 2)
		d.Kill(t)
		d.Start(t)
	}
	awaitAgents(t, d, 2)
	d.Stop(t).Want(t, 0)
	if left := harness.ProcessesWith(t, d.Dir); len(left) > 0 {
		t.Errorf("left running: %v", left)
	}
}

// Whenever the daemon dies, every step runs exactly once, and every execution ends as it would have. Only a client that has not
// reached the daemon before its death may give up; then nothing has run.
func TestKillsAtRandom(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Warm: 1})
	log := filepath.Join(d.Dir, "log")
	seed := uint64(time.Now().UnixNano())
	t.Logf("the seed of the pauses is %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	step := func(n int) harness.Object {
		return harness.Shell("step-"+strconv.Itoa(n), `echo "$RUN `+strconv.Itoa(n)+`" >>$LOG; echo out; sleep 0.03; echo more`)
	}
	bundle := d.WriteBundle(t, harness.NewBundle(step(0), step(1), step(2), step(3)))
	var want strings.Builder
	accepted := 0
	for run := range 12 {
		execution := d.StartCtl(t, "execute", bundle, "-o", "json", "--var", "RUN="+strconv.Itoa(run), "--var", "LOG="+log)
		<-time.After(time.Duration(random.IntN(200)) * time.Millisecond)
		d.Kill(t)
		d.Start(t)
		result := execution.Wait(t)
		if result.Code == 3 {
			continue
		}
		accepted++
		document := harness.ParseDocument(t, result.Want(t, 0))
		for n, step := range document.Steps {
			same(t, "the output of a step", step.Stdout, "out\nmore\n")
			want.WriteString(strconv.Itoa(run) + " " + strconv.Itoa(n) + "\n")
		}
	}
	same(t, "what the steps did", readFile(t, log), want.String())
	same(t, "the number of executions", len(listed(t, d)), accepted)
}
