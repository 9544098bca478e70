package e2e

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// neighbours are two daemons that share a runtime directory and nothing else.
func neighbours(t *testing.T) (ours, theirs *harness.Daemon) {
	t.Helper()
	theirs = harness.StartDaemon(t, harness.DaemonOptions{Runner: shortGrace})
	ours = harness.NewDaemon(t)
	ours.RuntimeDir = theirs.RuntimeDir
	ours.Configure(t, harness.DaemonOptions{Runner: shortGrace, Warm: 1})
	ours.Start(t)
	return ours, theirs
}

// occupied has a daemon run a step that waits for the file go, with a child of its own that ends of nothing but SIGKILL.
func occupied(t *testing.T, d *harness.Daemon) (id, mark string) {
	t.Helper()
	mark = harness.Mark()
	bundle, wait := begun(t, d, harness.NewBundle(harness.Shell("a",
		`trap "" TERM; setsid sh -c 'sleep 1000; :' `+mark+` & : >$BEGUN; echo before; while [ ! -e $GO ]; do sleep 0.05; done; echo after; exit 6`)))
	id = d.Detach(t, bundle, "--var", "GO="+d.Dir+"/go")
	wait()
	return id, mark
}

// takenUp checks that what occupied has started comes to its own end.
func takenUp(t *testing.T, d *harness.Daemon, id string) {
	t.Helper()
	d.WriteFile(t, "go", nil)
	step := harness.ParseDocument(t, d.Ctl(t, "executions", "watch", id, "-o", "json").Want(t, 1)).Steps[0]
	if step.Status != "failed" || *step.ExitCode != 6 || step.Stdout != "before\nafter\n" {
		t.Errorf("the step ended as %s with %v and printed %q", step.Status, step.ExitCode, step.Stdout)
	}
}

// When a daemon's state is removed, its sandboxes are nobody's: they end by themselves. Those of its neighbour do not.
func TestSandboxesEndWithTheStateOfTheirDaemon(t *testing.T) {
	t.Parallel()
	ours, theirs := neighbours(t)
	_, mark := occupied(t, ours)
	id, _ := occupied(t, theirs)
	awaitAgents(t, ours, 2)
	ours.Kill(t)
	theirs.Kill(t)
	remove(t, ours.StateDir)
	awaitAgents(t, ours, 0)
	if left := harness.ProcessesWith(t, mark); len(left) > 0 {
		t.Errorf("alive: %v", left)
	}
	same(t, "the number of run directories", len(runDirs(t, theirs)), 1)
	ours.Start(t)
	theirs.Start(t)
	ours.MustExecute(t, 0, harness.NewBundle(harness.Shell("a", "true")))
	takenUp(t, theirs, id)
}

// When the sockets of its sandboxes are gone, and the daemon with them, nobody can reach them any more: they end by themselves, and the next
// daemon says that they are lost.
func TestSandboxesEndWithTheirSockets(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Runner: shortGrace})
	id, mark := occupied(t, d)
	d.Kill(t)
	remove(t, d.RuntimeDir)
	awaitAgents(t, d, 0)
	if left := harness.ProcessesWith(t, mark); len(left) > 0 {
		t.Errorf("alive: %v", left)
	}
	d.Start(t)
	document := harness.ParseDocument(t, d.Ctl(t, "executions", "watch", id, "-o", "json").Want(t, 4))
	same(t, "the step's status", document.Steps[0].Status, "lost")
	harness.Eventually(t, harness.Patience, "the removal of the sandbox", func() bool { return len(sandboxDirs(t, d)) == 0 })
}

// A daemon that lives keeps its sandboxes when their sockets are removed, for it is connected, and makes new ones.
func TestSocketsRemovedUnderALivingDaemon(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Runner: shortGrace, Warm: 1})
	id, _ := occupied(t, d)
	awaitAgents(t, d, 2)
	remove(t, d.RuntimeDir)
	for range 3 {
		d.MustExecute(t, 0, harness.NewBundle(harness.Shell("a", "true")))
	}
	takenUp(t, d, id)
	d.Stop(t).Want(t, 0)
	if left := append(runDirs(t, d), sandboxDirs(t, d)...); len(left) > 0 {
		t.Errorf("left: %q", left)
	}
}

// What is left in the runtime directory by daemons that cannot come back is removed; what another daemon may come back for is not, and neither is
// what somebody may just be making.
func TestRemainsOfOthersAreCollected(t *testing.T) {
	t.Parallel()
	ours, theirs := neighbours(t)
	running, _ := occupied(t, theirs)
	broken, _ := occupied(t, theirs)
	theirs.Kill(t)
	kill(t, awaitAgents(t, theirs, 2)[1:])
	ours.Stop(t).Want(t, 0)
	for _, dir := range runDirs(t, theirs) {
		grow(t, dir)
	}
	empty, young := filepath.Join(ours.RuntimeDir, "fffffff0-000000000000"), filepath.Join(ours.RuntimeDir, "fffffff1-000000000000")
	stranger, orphan := filepath.Join(ours.RuntimeDir, "somebody-else"), filepath.Join(ours.RuntimeDir, "ffffffff-000000000000")
	for _, dir := range []string{empty, young, stranger, orphan} {
		if err := os.Mkdir(dir, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	record := `{"id": "nobody", "dir": "` + ours.Dir + `/removed/sandboxes/local/nobody", "agent": {"pid": 0, "start": 0}}`
	if err := os.WriteFile(filepath.Join(orphan, "sandbox.json"), []byte(record), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{empty, stranger, orphan} {
		grow(t, dir)
	}
	ours.Start(t)
	harness.Eventually(t, harness.Patience, "the removal of what is nobody's", func() bool { return !exists(empty) && !exists(orphan) })
	for what, dir := range map[string]string{"what is young": young, "what is no run directory": stranger} {
		if !exists(dir) {
			t.Errorf("%s was removed", what)
		}
	}
	theirs.Start(t)
	theirs.WriteFile(t, "go", nil)
	statuses := map[string]int{}
	for _, id := range []string{running, broken} {
		document := harness.ParseDocument(t, theirs.Ctl(t, "executions", "watch", id, "-o", "json"))
		statuses[document.Status]++
	}
	if statuses["failed"] != 1 || statuses["lost"] != 1 {
		t.Errorf("the executions of the neighbour ended as %v, want one failed by itself and one lost with its agent", statuses)
	}
}

// A runner that is configured no more takes its sandboxes with it.
func TestSandboxesOfAFormerRunner(t *testing.T) {
	t.Parallel()
	d := harness.StartDaemon(t, harness.DaemonOptions{Runner: shortGrace, Warm: 1})
	id, mark := occupied(t, d)
	d.Kill(t)
	path := filepath.Join(d.Dir, "config.yaml")
	d.WriteFile(t, "config.yaml", []byte(strings.ReplaceAll(readFile(t, path), "name: local", "name: other")))
	d.Start(t)
	d.Ctl(t, "executions", "watch", id).Want(t, 4)
	harness.Eventually(t, harness.Patience, "the end of the former runner's sandboxes", func() bool {
		return !exists(filepath.Join(d.StateDir, "sandboxes", "local"))
	})
	harness.AwaitNoneOf(t, mark)
	awaitAgents(t, d, 1)
}

func runDirs(t *testing.T, d *harness.Daemon) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(d.RuntimeDir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func sandboxDirs(t *testing.T, d *harness.Daemon) []string {
	t.Helper()
	found, err := filepath.Glob(d.StatePath("sandboxes", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// grow makes a directory an hour old.
func grow(t *testing.T, dir string) {
	t.Helper()
	then := time.Now().Add(-time.Hour)
	if err := os.Chtimes(dir, then, then); err != nil {
		t.Fatal(err)
	}
}

func remove(t *testing.T, path string) {
	t.Helper()
	if err := os.RemoveAll(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		t.Fatal(err)
	}
}
