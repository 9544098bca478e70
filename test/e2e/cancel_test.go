package e2e

import (
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// family is a script whose processes try to get away from whoever ends their step: in the background, in a session of their own, through
// a double fork, without an environment. Each carries $0 in its command line.
const family = `
sh -c 'while :; do sleep 0.1; done' "$0-child" &
setsid sh -c 'while :; do sleep 0.1; done' "$0-session" &
(setsid sh -c 'sh -c "while :; do sleep 0.1; done" "$0" & exit' "$0-orphan" &)
env -i setsid sh -c 'while :; do sleep 0.1; done' "$0-stranger" &
nohup sh -c 'trap "" TERM INT HUP; while :; do sleep 0.1; done' "$0-stubborn" >/dev/null 2>&1 &
for who in child session orphan stranger stubborn; do
  i=0; until grep -q -- "$0-$who" $(ls /proc/[0-9]*/cmdline | grep -v /$$/) 2>/dev/null; do
    i=$((i+1)); [ $i -lt 600 ] || { echo "there is no $who" >&2; exit 9; }; sleep 0.05
  done; done
: >$BEGUN
`

// relatives is a script that counts the members of a family that are alive. It does not count itself.
func relatives(mark string) string {
	return `cat /proc/[0-9]*/cmdline 2>/dev/null | tr '\0' '\n' | grep -o '` + mark + `-[m]ember[-a-z]*' | sort -u | wc -l`
}

// familyStep returns a step that starts a family and then does more.
func familyStep(name, mark, more string, fields ...harness.Object) harness.Object {
	step := harness.Object{"purpose": name, "run": harness.Object{"cmd": []string{"sh", "-c", family + more, mark + "-member"}}}
	for _, extra := range fields {
		step = harness.With(step, extra)
	}
	return step
}

// shortGrace makes the time between SIGTERM and SIGKILL short enough to wait for.
const shortGrace = "grace: 500ms\n"

// Ctrl-C cancels the execution, waits for its end, and leaves nothing of the step alive.
func TestInterruptCancels(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Runner: shortGrace})
	mark := harness.Mark()
	bundle, wait := begun(t, d, harness.NewBundle(familyStep("family", mark, "while :; do sleep 0.1; done"), harness.Shell("next", "true")))
	execution := d.StartCtl(t, "execute", "-o", "json", d.WriteBundle(t, bundle))
	wait()
	execution.Signal(t, syscall.SIGINT)
	document := harness.ParseDocument(t, execution.Wait(t).Want(t, 130))
	harness.AwaitNoneOf(t, mark)
	if got, want := document.Statuses(), []string{"cancelled", "skipped"}; document.Status != "cancelled" || !equal(got, want) {
		t.Errorf("the execution ended as %s, its steps as %q, want cancelled and %q", document.Status, got, want)
	}
	if summary := document.Summary; summary.Cancelled != 1 || summary.Skipped != 1 || summary.SuccessRate != 0 {
		t.Errorf("summary %+v", summary)
	}
}

// The second Ctrl-C stops waiting while the cancel goes on, and says how to watch it.
func TestSecondInterruptStopsWaiting(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Runner: "grace: 300s\n"})
	released := d.Dir + "/released"
	bundle, wait := begun(t, d, harness.NewBundle(harness.Shell("stubborn", `trap 'echo asked' TERM; : >$BEGUN; while [ ! -e $RELEASED ]; do sleep 0.05; done`)))
	execution := d.StartCtl(t, "execute", d.WriteBundle(t, bundle), "--var", "RELEASED="+released)
	wait()
	execution.Signal(t, syscall.SIGINT)
	execution.AwaitStdout(t, "[stubborn] asked")
	execution.Signal(t, syscall.SIGINT)
	result := execution.Wait(t).Want(t, 130)
	id := onlyID(t, d)
	if !strings.Contains(result.Stderr, "executions watch "+id) {
		t.Errorf("the second interrupt does not say how to watch the rest:\n%s", result.Stderr)
	}
	if got := d.Show(t, id).Status; got != "running" {
		t.Errorf("the execution is %s, want it running while its step is asked to end", got)
	}
	d.WriteFile(t, "released", nil)
	d.Ctl(t, "executions", "watch", id).Want(t, 130)
	if got := d.Show(t, id).Status; got != "cancelled" {
		t.Errorf("the execution ended as %s, want cancelled", got)
	}
}

// Interrupting twice in a row is no way around the cancel.
func TestSecondInterruptAtOnce(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Runner: shortGrace})
	bundle, wait := begun(t, d, harness.NewBundle(harness.Shell("a", ": >$BEGUN; sleep 1000")))
	execution := d.StartCtl(t, "execute", d.WriteBundle(t, bundle))
	wait()
	execution.Signal(t, syscall.SIGINT)
	execution.AwaitStderr(t, "cancel")
	execution.Signal(t, syscall.SIGINT)
	execution.Wait(t).Want(t, 130)
	d.Ctl(t, "executions", "watch", onlyID(t, d)).Want(t, 130)
}

// Anybody who may use the daemon can cancel; who waits for the execution learns of it, and so does who asks later.
func TestCancelFromElsewhere(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Runner: shortGrace})
	mark := harness.Mark()
	bundle, wait := begun(t, d, harness.NewBundle(familyStep("family", mark, "sleep 1000")))
	execution := d.StartCtl(t, "execute", d.WriteBundle(t, bundle))
	wait()
	id := onlyID(t, d)
	d.Ctl(t, "executions", "cancel", id).Want(t, 0)
	execution.Wait(t).Want(t, 130)
	harness.AwaitNoneOf(t, mark)
	if got := d.Show(t, id); got.Status != "cancelled" || got.Steps[0].Status != "cancelled" {
		t.Errorf("the execution is shown as %s, its step as %s", got.Status, got.Steps[0].Status)
	}
	d.Ctl(t, "executions", "cancel", id).Want(t, 0)
}

// A step whose time is up ends with its whole tree: asked first, killed after the grace.
func TestTimeoutEndsTheTree(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Runner: shortGrace})
	mark := harness.Mark()
	bundle, _ := begun(t, d, harness.NewBundle(
		familyStep("polite", mark, `trap 'sleep 0.1 && echo goodbye; exit 3' TERM; while :; do sleep 0.05; done`, harness.Object{"timeout": "5s"}),
		harness.Shell("count", relatives(mark)),
		harness.Shell("stubborn", `trap 'echo no' TERM; while :; do sleep 0.05; done`, harness.Object{"timeout": "0.5s"}),
	))
	document := d.MustExecute(t, 124, bundle, "--keep-going")
	harness.AwaitNoneOf(t, mark)

	polite := document.Step(t, "polite")
	if polite.Status != "timeout" || !polite.TimeoutOccurred || polite.Stdout != "goodbye\n" {
		t.Errorf("the polite step ended as %s (timeout_occurred %v) and printed %q", polite.Status, polite.TimeoutOccurred, polite.Stdout)
	}
	if polite.ExecutionTime < 4.9 || polite.ExecutionTime > 15 {
		t.Errorf("the polite step took %f s, want its timeout of 5 s", polite.ExecutionTime)
	}
	if count := document.Step(t, "count").Stdout; count != "0\n" {
		t.Errorf("when the next step began, %s processes of the timed-out one were alive", strings.TrimSpace(count))
	}
	stubborn := document.Step(t, "stubborn")
	if stubborn.Status != "timeout" || stubborn.Signal != "SIGKILL" || stubborn.ExitCode != nil || stubborn.Stdout != "no\n" {
		t.Errorf("the stubborn step ended as %s by %s with %v and printed %q", stubborn.Status, stubborn.Signal, stubborn.ExitCode, stubborn.Stdout)
	}
	if least := 0.5 + 0.5; stubborn.ExecutionTime < least {
		t.Errorf("the stubborn step took %f s, want its timeout and the grace, %f s", stubborn.ExecutionTime, least)
	}
}

// What a step leaves in the background goes on, does not hold the step, and ends with the execution, whatever it does to get away.
func TestBackgroundProcessesEndWithTheExecution(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Runner: shortGrace})
	mark := harness.Mark()
	bundle, _ := begun(t, d, harness.NewBundle(
		familyStep("leaves", mark, "(while :; do echo noise; echo noise >&2; sleep 0.01; done) & echo mine"),
		harness.Shell("finds", relatives(mark)),
	))
	began := time.Now()
	document := d.MustExecute(t, 0, bundle)
	harness.AwaitNoneOf(t, mark)
	if took := time.Since(began); took > 60*time.Second {
		t.Errorf("the execution took %v", took)
	}
	if told := d.Ctl(t, "executions", "watch", document.ExecutionID, "-o", "jsonl").Want(t, 0).Stdout; !strings.Contains(told, "discarded") {
		t.Errorf("nothing is said of what the background processes printed:\n%s", told)
	}
	leaves := document.Step(t, "leaves")
	if !strings.Contains(leaves.Stdout, "mine\n") || leaves.Status != "success" {
		t.Errorf("the step ended as %s and printed %q", leaves.Status, leaves.Stdout)
	}
	if found := document.Step(t, "finds").Stdout; found != "6\n" { // the family and the noise
		t.Errorf("of six background processes the next step found %s", strings.TrimSpace(found))
	}
	if !harness.Within(time.Second, func() bool { return len(d.Sandboxed(t)) == 0 }) {
		t.Errorf("alive a second after the end: %v", d.Sandboxed(t))
	}
}
