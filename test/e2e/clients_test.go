package e2e

import (
	"encoding/json"
	"strings"
	"syscall"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// The execution is the daemon's: a client that dies takes nothing with it.
func TestClientDies(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	bundle, wait, release := holder(t, d)
	client := d.StartCtl(t, "execute", d.WriteBundle(t, bundle))
	wait()
	client.Signal(t, syscall.SIGKILL)
	client.Wait(t)
	release()
	d.Ctl(t, "executions", "watch", onlyID(t, d)).Want(t, 0)
}

// A client that stands still holds up nobody, and has everything in the end.
func TestSlowReader(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	const size = 48 << 20
	bundle, wait := begun(t, d, harness.NewBundle(harness.Shell("print", `: >$BEGUN; head -c 50331648 /dev/zero | tr '\0' x`)))
	slow := d.StartCtl(t, "execute", d.WriteBundle(t, bundle), "-o", "jsonl")
	wait()
	slow.Signal(t, syscall.SIGSTOP)
	id := onlyID(t, d)
	document := harness.ParseDocument(t, d.StartCtl(t, "executions", "watch", id, "-o", "json").WaitFor(t, 2*harness.Patience).Want(t, 0))
	if got := document.Steps[0].StdoutBytes; got != size {
		t.Errorf("the step printed %d bytes, want %d", got, size)
	}
	slow.Signal(t, syscall.SIGCONT)
	all := events(t, slow.WaitFor(t, 2*harness.Patience).Want(t, 0).Stdout)
	checkSequence(t, all, 1)
	if got := printed(all, "print", "stdout"); len(got) != size || strings.Trim(got, "x") != "" {
		t.Errorf("the slow client saw %d bytes, want %d", len(got), size)
	}
}

// A bundle may come from standard input.
func TestBundleFromStandardInput(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	cmd := d.Command("clockworkctl", "--address", d.Address, "execute", "-", "-o", "json")
	cmd.Stdin = strings.NewReader(string(harness.JSON(t, harness.NewBundle(harness.Shell("a", "echo by pipe")))))
	if got := harness.ParseDocument(t, harness.Run(t, cmd).Want(t, 0)).Steps[0].Stdout; got != "by pipe\n" {
		t.Errorf("the step printed %q", got)
	}
}

// Whoever reads our output may stop reading: the exit code is still that of the execution.
func TestReaderGoesAway(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	bundle := d.WriteBundle(t, harness.NewBundle(harness.Shell("a", "seq 100000; exit 1")))
	cmd := d.Command("clockworkctl")
	cmd.Path, cmd.Args = harness.Program(t, "bash"), []string{
		"bash", "-c", `"$0" --address "$1" execute "$2" -o plain | head -n 1; echo "${PIPESTATUS[0]}"`, cmd.Path, d.Address, bundle,
	}
	result := harness.Run(t, cmd).Want(t, 0)
	if !strings.HasSuffix(result.Stdout, "\n1\n") {
		t.Errorf("with a reader that goes away execute ends as\n%s", result.Stdout)
	}
}

// With -o json and jsonl every command prints documents, errors too.
func TestEveryCommandPrintsJSON(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{})
	good := d.WriteBundle(t, harness.NewBundle(harness.Shell("a", "echo x")))
	id := d.MustExecute(t, 0, harness.NewBundle(harness.Shell("a", "echo x"))).ExecutionID
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"version"}, 0},
		{[]string{"execute", good}, 0},
		{[]string{"execute", good, "--detach"}, 0},
		{[]string{"execute", good, "--runner", "nobody"}, 2},
		{[]string{"execute", d.Dir + "/nothing"}, 2},
		{[]string{"validate", good}, 0},
		{[]string{"executions", "list"}, 0},
		{[]string{"executions", "show", id}, 0},
		{[]string{"executions", "show", "nobody"}, 2},
		{[]string{"executions", "watch", id}, 0},
		{[]string{"executions", "logs", id}, 0},
		{[]string{"executions", "outputs", id}, 0},
		{[]string{"executions", "cancel", id}, 0},
		{[]string{"runners", "list"}, 0},
		{[]string{"runners", "check"}, 0},
		{[]string{"daemon", "status"}, 0},
	} {
		for _, format := range []string{"json", "jsonl"} {
			result := d.Ctl(t, append(c.args, "-o", format)...).Want(t, c.code)
			documents := 0
			for decoder := json.NewDecoder(strings.NewReader(result.Stdout)); decoder.More(); documents++ {
				var document map[string]any
				if err := decoder.Decode(&document); err != nil {
					t.Fatalf("%q -o %s: %v\n%s", c.args, format, err, result.Stdout)
				}
			}
			if lines := strings.Count(result.Stdout, "\n"); format == "jsonl" && lines != documents || format == "json" && documents != 1 {
				t.Errorf("%q -o %s prints %d documents on %d lines:\n%s", c.args, format, documents, lines, result.Stdout)
			}
			if c.code != 0 && !strings.Contains(result.Stdout, `"error"`) {
				t.Errorf("%q -o %s does not print its error as a document:\n%s", c.args, format, result.Stdout)
			}
		}
	}
}
