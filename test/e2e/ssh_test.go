package e2e

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"github.com/clockworkd/clockwork/test/e2e/harness"
	"github.com/clockworkd/clockwork/test/relay"
	"github.com/clockworkd/clockwork/test/sshhosts"
)

// linesFlag makes the step longer whose line is cut: 6000 is a minute.
var linesFlag = flag.Int("e2e.lines", 1000, "how many lines, one every 10 ms, a step prints over a line that is cut")

// remote is a daemon with a runner on another host, behind a line that can be cut.
type remote struct {
	*harness.Daemon
	line    *relay.Relay
	workDir string
}

func newRemote(t *testing.T, more map[string]any) remote {
	t.Helper()
	hosts := sshhosts.Load(t)
	line, err := relay.New(hosts.Servers["main"].Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = line.Close() })
	runner, workDir := hosts.Runner(t, "main", line.Addr())
	maps.Copy(runner, more)
	text, err := yaml.Marshal([]any{runner})
	if err != nil {
		t.Fatal(err)
	}
	return remote{harness.StartDaemon(t, harness.DaemonOptions{Runners: string(text)}), line, workDir}
}

// checkNothingLeft drains the daemon and looks at the host.
func (r remote) checkNothingLeft(t *testing.T) {
	t.Helper()
	r.Stop(t)
	for _, pattern := range []string{"sandboxes/*/*", "run/*", "kept/*"} {
		if left, err := filepath.Glob(filepath.Join(r.workDir, pattern)); err != nil || len(left) > 0 {
			t.Errorf("left on the host: %q, %v", left, err)
		}
	}
	harness.AwaitNoneOf(t, r.workDir)
}

// The examples run on another host as they run here.
func TestExamplesOverSSH(t *testing.T) {
	t.Parallel()
	r := newRemote(t, nil)
	port, mark := harness.FreePort(t), harness.Mark()
	document := harness.ParseDocument(t, r.Ctl(t, "execute", example("pipeline.json"), "-o", "json",
		"--var", "PORT="+port, "--var", "MARK="+mark).Want(t, 0))
	if document.Summary.Successful != 4 {
		t.Errorf("pipeline: %+v", document.Summary)
	}
	harness.AwaitNoneOf(t, mark)
	document = harness.ParseDocument(t, r.Ctl(t, "execute", example("fanout.json"), "-o", "json").Want(t, 0))
	if document.Summary.SuccessRate != 100 {
		t.Errorf("fanout: %+v", document.Summary)
	}
	if n := r.line.Connections(); n != 1 {
		t.Errorf("it took %d connections, want 1", n)
	}
	r.checkNothingLeft(t)
}

// A step's output is whole although the line is cut five times, for longer and for shorter, and the daemon killed once.
func TestOutputOverALineThatIsCut(t *testing.T) {
	t.Parallel()
	r := newRemote(t, map[string]any{"keepalive": map[string]string{"interval": "1s", "timeout": "2s"}})
	lines := *linesFlag
	script := fmt.Sprintf("i=0; while [ $i -lt %d ]; do i=$((i+1)); echo out $i; sleep 0.01; done; exit 7", lines)
	id := r.Detach(t, harness.NewBundle(harness.Shell("count", script)))
	printed := func() int {
		return strings.Count(r.Ctl(t, "executions", "logs", id, "--step", "count", "--stream", "stdout").Stdout, "\n")
	}
	for cut := range 5 {
		harness.Eventually(t, time.Minute, "output", func() bool { return printed() >= lines*(cut+1)/8 })
		switch cut {
		case 1:
			r.line.Silence() // which the daemon has to find out
			harness.Eventually(t, time.Minute, "another connection", connections(r.line, 1))
		case 2:
			r.line.Reset()
			continue
		case 3:
			r.Kill(t)
			r.Start(t)
			continue
		default:
			r.line.Cut()
			harness.Eventually(t, time.Minute, "attempts that fail", connections(r.line, 2))
		}
		r.line.Mend()
	}
	watched := r.Ctl(t, "executions", "watch", id, "-o", "jsonl").Want(t, 1)
	if got, want := printed(), lines; got != want {
		t.Errorf("%d lines came, want %d", got, want)
	}
	all := events(t, watched.Stdout)
	checkSequence(t, all, 1)
	document := r.Show(t, id)
	if step := document.Steps[0]; step.ExitCode == nil || *step.ExitCode != 7 {
		t.Errorf("it ended as %+v, want exit code 7", step)
	}
	if got, want := r.Ctl(t, "executions", "logs", id, "--step", "count", "--stream", "stdout").Stdout, numbered("out", lines); got != want {
		t.Errorf("%d bytes came, want %d; they differ from byte %d on", len(got), len(want), differ(got, want))
	}
	r.checkNothingLeft(t)
}

// connections returns a condition that some more connections were made than now.
func connections(line *relay.Relay, more int) func() bool {
	before := line.Connections()
	return func() bool { return line.Connections() >= before+more }
}

// A cancel while the line is cut takes effect when it is back, and leaves no process on the host.
func TestCancelOverALineThatIsCut(t *testing.T) {
	t.Parallel()
	r := newRemote(t, map[string]any{"grace": "500ms"})
	mark := harness.Mark()
	begun := filepath.Join(r.workDir, "begun")
	bundle := harness.With(harness.NewBundle(familyStep("family", mark, "while :; do sleep 0.1; done")), harness.Object{
		"vars": harness.Object{"BEGUN": begun},
	})
	id := r.Detach(t, bundle)
	harness.Eventually(t, time.Minute, "the step to begin", func() bool {
		_, err := os.Stat(begun)
		return err == nil
	})
	r.line.Cut()
	cancel := r.StartCtl(t, "executions", "cancel", id)
	harness.Eventually(t, time.Minute, "attempts that fail", connections(r.line, 2))
	if len(harness.ProcessesWith(t, mark)) == 0 {
		t.Error("the step ended while nobody could reach it")
	}
	r.line.Mend()
	r.Ctl(t, "executions", "watch", id).Want(t, 130)
	cancel.Wait(t)
	harness.AwaitNoneOf(t, mark)
	r.checkNothingLeft(t)
}
