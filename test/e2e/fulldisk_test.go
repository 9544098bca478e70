package e2e

import (
	"slices"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// What a step writes lies on the disk of the journal. One that fills it can be cancelled, which makes room; until then new executions
// are refused.
func TestAStepThatFillsTheDiskCanBeCancelled(t *testing.T) {
	t.Parallel()
	const fill = `: >$BEGUN; head -c 100000000 /dev/zero >file; `
	for name, script := range map[string]string{
		"after it has ended":           fill + `echo "rc $?"`,
		"while it prints":              fill + `while :; do echo more; done`,
		"while it takes what is freed": fill + `while :; do cat /dev/zero >>file; done 2>/dev/null`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := harness.StartDaemon(t, harness.DaemonOptions{Disk: "30m", Runner: shortGrace})
			bundle, wait := begun(t, d, harness.NewBundle(harness.Shell("fill", script), harness.Shell("next", "true")))
			id := d.Detach(t, bundle)
			wait()
			hello := d.WriteBundle(t, harness.NewBundle(harness.Shell("hello", "echo hello")))
			harness.Eventually(t, harness.Patience, "the refusal of new executions", func() bool {
				refused := d.Ctl(t, "execute", "--detach", hello)
				return refused.Code != 0 && strings.Contains(refused.Stderr, "disk of the state directory is full")
			})
			d.Ctl(t, "executions", "cancel", id).Want(t, 0)
			document := harness.ParseDocument(t, d.Ctl(t, "executions", "watch", id, "-o", "json").Want(t, 130))
			same(t, "the execution's status", document.Status, "cancelled")
			same(t, "the step's status", document.Step(t, "fill").Status, "cancelled")
			awaitAgents(t, d, 0)
			harness.Eventually(t, harness.Patience, "the room that the sandbox took", func() bool {
				result := d.Ctl(t, "execute", hello, "-o", "json")
				return result.Code == 0 && harness.ParseDocument(t, result).Step(t, "hello").Stdout == "hello\n"
			})
			told := strings.Count(d.Process().Stderr(), "new executions are refused and output waits")
			same(t, "how often the log says so", told, 1)
		})
	}
}

// An execution whose output fills the disk of the journal can be cancelled, too. Its record stays what it is, so that room is made by
// whoever removes something.
func TestOutputThatFillsTheDiskCanBeCancelled(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Disk: "2m", Runner: shortGrace})
	bundle, wait := begun(t, d, harness.NewBundle(harness.Shell("print", ": >$BEGUN; seq 5000000"), harness.Shell("next", "true")))
	id := d.Detach(t, bundle)
	wait()
	harness.Eventually(t, harness.Patience, "the standstill of the output", func() bool {
		return strings.Contains(d.Process().Stderr(), "cannot record output")
	})
	d.Ctl(t, "executions", "cancel", id).Want(t, 0)
	document := harness.ParseDocument(t, d.Ctl(t, "executions", "watch", id, "-o", "json").Want(t, 130))
	step := document.Step(t, "print")
	same(t, "the step's status", step.Status, "cancelled")
	if !strings.Contains(step.ErrorMessage, "could not be recorded") {
		t.Errorf("the step's message does not tell that output is missing: %q", step.ErrorMessage)
	}
	all := events(t, d.Ctl(t, "executions", "watch", id, "-o", "jsonl").Want(t, 130).Stdout)
	at := slices.IndexFunc(all, func(e event) bool { return e.Type == "output_dropped" })
	if at < 0 {
		t.Fatalf("no event tells that output is missing: %q", slices.Compact(types(all)))
	}
	gap, kept := all[at], int64(len(printed(all, "print", "stdout")))
	if gap.Name != "print" || gap.Stream != "stdout" || gap.Offset != kept || gap.Bytes == 0 || !strings.Contains(gap.Reason, "disk of the state directory is full") {
		t.Errorf("the event %+v does not tell what is missing behind the first %d bytes", gap, kept)
	}
	awaitAgents(t, d, 0)
}
