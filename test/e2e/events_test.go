package e2e

import (
	"encoding/base64"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// With -o jsonl the events come one a line, numbered without a gap, from the first to the last.
func TestEvents(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	bundle := harness.NewBundle(harness.Shell("a", "echo out; exec >&-; echo err >&2; exit 1"), harness.Shell("b", "true"))
	result := d.Ctl(t, "execute", d.WriteBundle(t, bundle), "-o", "jsonl").Want(t, 1)
	all := events(t, result.Stdout)
	checkSequence(t, all, 1)
	if got := slices.Compact(types(all)); got[0] != "accepted" || got[len(got)-1] != "execution_finished" ||
		!slices.Contains(got, "step_started") || !slices.Contains(got, "step_finished") {
		t.Errorf("the events are %q", got)
	}
	id := onlyID(t, d)
	finished := 0
	for _, e := range all {
		if e.ExecutionID != id {
			t.Errorf("event %d is of execution %q, want %q", e.Sequence, e.ExecutionID, id)
		}
		if e.Type == "step_finished" {
			finished++
		}
	}
	if finished != 2 {
		t.Errorf("%d results for two steps, want each to have one, the skipped one too", finished)
	}
	if out, err := printed(all, "a", "stdout"), printed(all, "a", "stderr"); out != "out\n" || err != "err\n" {
		t.Errorf("the events carry the output %q and %q", out, err)
	}
}

// An execution can be watched from any point, as often as one likes, and is always the same.
func TestWatchFromAnyPoint(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	bundle := harness.NewBundle(harness.Shell("a", "for i in 1 2 3; do echo $i; sleep 0.1; done"), harness.Shell("b", "echo b; exit 1"))
	whole := d.Ctl(t, "execute", d.WriteBundle(t, bundle), "-o", "jsonl").Want(t, 1).Stdout
	id := onlyID(t, d)
	lines := slices.Collect(strings.Lines(whole))
	for after := range lines {
		got := d.Ctl(t, "executions", "watch", id, "--after", strconv.Itoa(after), "-o", "jsonl").Want(t, 1).Stdout
		if want := strings.Join(lines[after:], ""); got != want {
			t.Errorf("after %d of %d events watch prints\n%s\nwant\n%s", after, len(lines), got, want)
		}
	}
	watched := d.Ctl(t, "executions", "watch", id, "-o", "json").Want(t, 1)
	if shown := d.Ctl(t, "executions", "show", id, "-o", "json").Want(t, 0); watched.Stdout != shown.Stdout {
		t.Errorf("watch and show differ:\n%s\n%s", watched.Stdout, shown.Stdout)
	}
}

// With --detach there is nothing but the id and the status at first, and all the rest later.
func TestDetach(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	bundle, wait := begun(t, d, harness.NewBundle(harness.Shell("a", `: >$BEGUN; while [ ! -e $GO ]; do sleep 0.05; done; exit 3`)))
	result := d.Ctl(t, "execute", d.WriteBundle(t, bundle), "--detach", "-o", "json", "--var", "GO="+d.Dir+"/go").Want(t, 0)
	kinds{"execution_id": "string", "status": "string"}.check(t, "document", []byte(result.Stdout))
	started := harness.ParseDocument(t, result)
	if started.Status != "queued" && started.Status != "running" {
		t.Errorf("the status is %s right after the start", started.Status)
	}
	wait()
	if got := d.Show(t, started.ExecutionID).Status; got != "running" {
		t.Errorf("the status is %s while the step runs", got)
	}
	watch := d.StartCtl(t, "executions", "watch", started.ExecutionID, "-o", "json")
	d.WriteFile(t, "go", nil)
	watched := watch.Wait(t).Want(t, 1)
	if got := harness.ParseDocument(t, watched); got.Status != "failed" || *got.Steps[0].ExitCode != 3 {
		t.Errorf("the execution ended as %s with %v", got.Status, got.Steps[0].ExitCode)
	}
	if shown := d.Ctl(t, "executions", "show", started.ExecutionID, "-o", "json").Want(t, 0); shown.Stdout != watched.Stdout {
		t.Errorf("watch and show differ:\n%s\n%s", watched.Stdout, shown.Stdout)
	}
}

// Logs with --stream are the step's bytes; without, both streams as it happened.
func TestLogs(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	out, err := randomBytes(3_000_000), randomBytes(500_000)
	bundle := harness.NewBundle(
		harness.Shell("blob", "cat out; cat err >&2"),
		harness.Shell("turns", "for i in 1 2 3 4; do echo o$i; sleep 0.1; echo e$i >&2; sleep 0.1; done"),
	)
	bundle["artifacts"] = []harness.Object{
		{"path": "out", "content_base64": base64.StdEncoding.EncodeToString(out)},
		{"path": "err", "content_base64": base64.StdEncoding.EncodeToString(err)},
	}
	document := d.MustExecute(t, 0, bundle)
	logs := func(args ...string) string {
		return d.Ctl(t, append([]string{"executions", "logs", document.ExecutionID}, args...)...).Want(t, 0).Stdout
	}
	for stream, want := range map[string][]byte{"stdout": out, "stderr": err} {
		if got := logs("--step", "blob", "--stream", stream); got != string(want) {
			t.Errorf("%s has %d bytes, want exactly the %d that were printed", stream, len(got), len(want))
		}
	}
	if got, want := logs("--step", "turns"), "o1\ne1\no2\ne2\no3\ne3\no4\ne4\n"; got != want {
		t.Errorf("both streams together are %q, want %q", got, want)
	}
	if got, want := logs("--stream", "stdout"), string(out)+"o1\no2\no3\no4\n"; got != want {
		t.Errorf("the stdout of all steps has %d bytes, want %d", len(got), len(want))
	}
	d.Ctl(t, "executions", "logs", document.ExecutionID, "--step", "nobody").Want(t, 2)
}

// randomBytes returns as many bytes of every kind, always the same ones.
func randomBytes(n int) []byte {
	var seed [32]byte
	data := make([]byte, n)
	_, _ = rand.NewChaCha8(seed).Read(data) // it never fails
	return data
}

// For people there is plain text: what was printed, by whom, and how it ended.
func TestPlain(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	bundle := d.WriteBundle(t, harness.NewBundle(harness.Shell("build", "echo hello; echo oops >&2; exit 4")))
	for _, args := range [][]string{{"-o", "plain"}, {}} {
		result := d.Ctl(t, append([]string{"execute", bundle}, args...)...).Want(t, 1)
		for _, want := range []string{"build", "hello", "oops", "failed"} {
			if !strings.Contains(result.Stdout, want) {
				t.Errorf("%q is missing in what is printed with %q:\n%s", want, args, result.Stdout)
			}
		}
		if strings.Contains(result.Stdout, "\x1b") {
			t.Errorf("escape sequences are printed to what is no terminal: %q", result.Stdout)
		}
	}
}
