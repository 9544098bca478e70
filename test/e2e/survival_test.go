package e2e

import (
	"fmt"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// counting is a script that prints numbered lines to both streams until it is told to stop, and then its last number.
const counting = `n=0; : >$BEGUN; while [ ! -e $GO ]; do n=$((n+1)); echo "out $n"; echo "err $n" >&2; sleep 0.002; done; echo $n >$LAST; exit 7`

// numbered is what counting has printed to a stream when its last number was n.
func numbered(stream string, n int) string {
	var out strings.Builder
	for i := range n {
		fmt.Fprintf(&out, "%s %d\n", stream, i+1)
	}
	return out.String()
}

// A daemon that is killed at any moment takes nothing with it: its steps go on, the next daemon takes them up, and whoever watches sees
// every line exactly once, also across the death.
func TestKilledDaemon(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	bundle, wait := begun(t, d, harness.NewBundle(harness.Shell("count", counting), harness.Shell("next", "true")))
	last := d.Dir + "/last"
	path := d.WriteBundle(t, bundle)
	execution := d.StartCtl(t, "execute", path, "-o", "jsonl", "--var", "GO="+d.Dir+"/go", "--var", "LAST="+last)
	wait()
	id := onlyID(t, d)
	for range 3 {
		before := strings.Count(execution.Stdout(), "\n")
		harness.Eventually(t, harness.Patience, "more output", func() bool { return strings.Count(execution.Stdout(), "\n") > before+20 })
		d.Kill(t)
		d.Start(t)
	}
	before := strings.Count(execution.Stdout(), "\n")
	harness.Eventually(t, harness.Patience, "output after the last restart", func() bool { return strings.Count(execution.Stdout(), "\n") > before })
	d.WriteFile(t, "go", nil)

	live := events(t, execution.Wait(t).Want(t, 1).Stdout)
	checkSequence(t, live, 1)
	past := events(t, d.Ctl(t, "executions", "watch", id, "-o", "jsonl").Want(t, 1).Stdout)
	checkSequence(t, past, 1)
	var n int
	if _, err := fmt.Sscan(readFile(t, last), &n); err != nil {
		t.Fatal(err)
	}
	for name, seen := range map[string][]event{"live": live, "past": past} {
		for stream, word := range map[string]string{"stdout": "out", "stderr": "err"} {
			if got, want := printed(seen, "count", stream), numbered(word, n); got != want {
				t.Errorf("%s, %s has %d bytes, want the %d of %d lines; they differ from byte %d on", name, stream, len(got), len(want), n, differ(got, want))
			}
		}
	}
	document := d.Show(t, id)
	if got, want := document.Statuses(), []string{"failed", "skipped"}; !equal(got, want) || *document.Steps[0].ExitCode != 7 {
		t.Errorf("the steps ended as %q, want %q, the first with 7", got, want)
	}
	if logs := d.Ctl(t, "executions", "logs", id, "--step", "count", "--stream", "stdout").Want(t, 0).Stdout; logs != numbered("out", n) {
		t.Errorf("the log has %d bytes, want those of %d lines", len(logs), n)
	}
}

// A step that ends while no daemon lives has ended as it has: with its own exit code and all of its output.
func TestStepEndsWithoutDaemon(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	bundle, wait := begun(t, d, harness.NewBundle(
		harness.Shell("a", `: >$BEGUN; echo before; while [ ! -e $GO ]; do sleep 0.02; done; echo after; : >$DONE; exit 5`),
		harness.Shell("b", "echo never"),
	))
	done := d.Dir + "/done"
	id := d.Detach(t, bundle, "--var", "GO="+d.Dir+"/go", "--var", "DONE="+done)
	wait()
	d.Kill(t)
	d.WriteFile(t, "go", nil)
	harness.Eventually(t, harness.Patience, "the end of the step", func() bool { return exists(done) })
	d.Start(t)
	document := harness.ParseDocument(t, d.Ctl(t, "executions", "watch", id, "-o", "json").Want(t, 1))
	if step := document.Steps[0]; step.Status != "failed" || *step.ExitCode != 5 || step.Stdout != "before\nafter\n" {
		t.Errorf("the step ended as %s with %v and printed %q", step.Status, step.ExitCode, step.Stdout)
	}
}

// If the sandbox went down together with the daemon nobody can know how its step ended.
func TestSandboxGoneWithTheDaemon(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	bundle, wait := begun(t, d, harness.NewBundle(harness.Shell("a", ": >$BEGUN; sleep 1000")))
	id := d.Detach(t, bundle)
	wait()
	d.Kill(t)
	kill(t, harness.ProcessesWith(t, d.Dir))
	d.Start(t)
	document := harness.ParseDocument(t, d.Ctl(t, "executions", "watch", id, "-o", "json").Want(t, 4))
	if step := document.Steps[0]; document.Status != "lost" || step.Status != "lost" || step.ExitCode != nil {
		t.Errorf("the execution ended as %s, its step as %s with %v", document.Status, step.Status, step.ExitCode)
	}
}

// A journal that cannot be read is refused and left as it is, and so is what still runs: whoever restores the file loses nothing.
func TestDamagedJournal(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	id, _ := occupied(t, d)
	d.Kill(t)
	path := d.StatePath("journal.db")
	good := readFile(t, path)
	bad := strings.Repeat("no database\n", len(good)/12)
	d.WriteFile(t, "state/journal.db", []byte(bad))

	d.Launch(t)
	result := d.Process().Wait(t).Want(t, 1)
	if !strings.Contains(result.Stderr, path) || !strings.Contains(result.Stderr, "move it away") {
		t.Errorf("the message names no file or no remedy:\n%s", result.Stderr)
	}
	same(t, "whether the file was left as it is", readFile(t, path) == bad, true)
	same(t, "the number of agents", len(d.Agents(t)), 1)

	d.WriteFile(t, "state/journal.db", []byte(good))
	d.Start(t)
	takenUp(t, d, id)
}
