package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// The binaries are exchanged while a step runs, and the daemon is restarted. The new one serves the old agent to the end of the execution, with
// nothing missing, and replaces the idle sandboxes. Whether the new version is the newer one makes no difference.
func TestBinariesExchangedUnderAStep(t *testing.T) {
	t.Parallel()
	other := harness.Build(t, "9.9.9-next")
	drain := func(t *testing.T, d *harness.Daemon) { t.Helper(); d.Stop(t).Want(t, 0) }
	kill := func(t *testing.T, d *harness.Daemon) { t.Helper(); d.Kill(t) }
	for name, test := range map[string]struct {
		before, after string
		end           func(t *testing.T, d *harness.Daemon)
	}{
		"upgrade after a drain":   {harness.BinDir(), other, drain},
		"upgrade after a kill":    {harness.BinDir(), other, kill},
		"downgrade after a drain": {other, harness.BinDir(), drain},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := harness.NewDaemon(t)
			d.Install(t, test.before)
			d.Configure(t, harness.DaemonOptions{Warm: 1})
			d.Start(t)
			last := d.Dir + "/last"
			bundle, wait := begun(t, d, harness.NewBundle(harness.Shell("count", counting, harness.Object{"continue_on_error": true}), harness.Shell("next", "cat file")))
			bundle["artifacts"] = []harness.Object{{"path": "file", "content": "text"}}
			id := d.Detach(t, bundle, "--var", "GO="+d.Dir+"/go", "--var", "LAST="+last)
			wait()
			before := awaitAgents(t, d, 2)
			test.end(t, d)
			d.Install(t, test.after)
			d.Start(t)
			awaitReplaced(t, d, before, filepath.Join(test.after, "clockwork-agent"))
			d.WriteFile(t, "go", nil)

			document := harness.ParseDocument(t, d.Ctl(t, "executions", "watch", id, "-o", "json").Want(t, 0))
			if got, want := document.Statuses(), []string{"failed", "success"}; !equal(got, want) || *document.Steps[0].ExitCode != 7 {
				t.Errorf("the steps ended as %q, want %q, the first with 7", got, want)
			}
			same(t, "the output of the second step", document.Steps[1].Stdout, "text")
			var n int
			if _, err := fmt.Sscan(readFile(t, last), &n); err != nil {
				t.Fatal(err)
			}
			for stream, word := range map[string]string{"stdout": "out", "stderr": "err"} {
				got := d.Ctl(t, "executions", "logs", id, "--step", "count", "--stream", stream).Want(t, 0).Stdout
				if want := numbered(word, n); got != want {
					t.Errorf("%s has %d bytes, want the %d of %d lines; they differ from byte %d on", stream, len(got), len(want), n, differ(got, want))
				}
			}
		})
	}
}

// awaitReplaced waits until, of two agents, one still serves and the other one has made way for one of another binary.
func awaitReplaced(t *testing.T, d *harness.Daemon, before []harness.Process, binary string) {
	t.Helper()
	want, err := os.Stat(binary)
	if err != nil {
		t.Fatal(err)
	}
	isOld := func(p harness.Process) bool {
		return slices.ContainsFunc(before, func(old harness.Process) bool { return old.PID == p.PID })
	}
	isNew := func(p harness.Process) bool {
		got, err := os.Stat(fmt.Sprintf("/proc/%d/exe", p.PID))
		return err == nil && os.SameFile(got, want) && !isOld(p)
	}
	harness.Eventually(t, harness.Patience, "the exchange of the idle sandbox", func() bool {
		agents := awaitAgents(t, d, 2)
		return slices.ContainsFunc(agents, isNew) && slices.ContainsFunc(agents, isOld)
	})
}

// An agent with which the new daemon cannot talk is lost, with that reason, and nothing of it stays.
func TestAgentOfAnotherProtocol(t *testing.T) {
	t.Parallel()
	other := harness.BuildChanged(t, "9.9.9-next", "internal/agent/hello.go", "const Protocol = 1\n", "const Protocol = 2\n")
	d := harness.StartDaemon(t, harness.DaemonOptions{Runner: shortGrace})
	id, mark := occupied(t, d)
	d.Stop(t).Want(t, 0)
	d.Install(t, other)
	d.Start(t)
	document := harness.ParseDocument(t, d.Ctl(t, "executions", "watch", id, "-o", "json").Want(t, 4))
	step := document.Steps[0]
	if step.Status != "lost" || !strings.Contains(step.ErrorMessage, "protocol 1") || !strings.Contains(step.ErrorMessage, "protocol 2") {
		t.Errorf("the step ended as %s with %q, want it lost for speaking protocol 1 and not 2", step.Status, step.ErrorMessage)
	}
	awaitAgents(t, d, 0)
	harness.AwaitNoneOf(t, mark)
	harness.Eventually(t, harness.Patience, "the removal of the sandbox", func() bool { return len(sandboxDirs(t, d)) == 0 && len(runDirs(t, d)) == 0 })
	d.MustExecute(t, 0, harness.NewBundle(harness.Shell("a", "true")))
}
