package soak

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
	"github.com/clockworkd/clockwork/test/e2e/harness"
	"github.com/clockworkd/clockwork/test/relay"
	"github.com/clockworkd/clockwork/test/sshhosts"
)

// remote is the kind whose sandboxes are processes of another user, on a host that is behind a line that breaks. The host is this machine, as
// test/env makes it.
type remote struct {
	ground

	line    *relay.Relay
	workDir string
	worker  string
	port    string
}

// newRemote completes a runner with all that leads to the host. What its configuration says besides stays.
func newRemote(t *testing.T, g ground) kind {
	t.Helper()
	hosts := sshhosts.Load(t)
	line, err := relay.New(hosts.Servers["main"].Address())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = line.Close() })
	runner, workDir := hosts.Runner(t, "main", line.Addr())
	runner["keepalive"] = map[string]string{"interval": "1s", "timeout": "2s"}
	name := g.runner["name"]
	maps.Copy(g.runner, runner)
	g.runner["name"] = name
	r := remote{ground: g, line: line, workDir: workDir, worker: workDir + ".worker", port: harness.FreePort(t)}
	r.lend(t)
	return r
}

// lend copies the worker to where the host's user may run it.
func (r remote) lend(t *testing.T) {
	t.Helper()
	program, err := os.ReadFile(r.ground.worker)
	if err == nil {
		err = os.WriteFile(r.worker, program, 0o755) //nolint:gosec // others run it
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(r.worker) })
}

// Records come over loopback: the host's user may not enter the daemon's home.
func (r remote) Records() (listen, dial string) {
	address := "tcp://127.0.0.1:" + r.port
	return address, address
}

// Equip has nothing to add.
func (r remote) Equip(*clockworkv1.ArtifactBundle) string { return r.worker }

// Faults are what can happen to a line, and the death of an agent.
func (r remote) Faults() []fault {
	return []fault{
		{name: "reset of the line", weight: 3, strike: func(*testing.T) bool { r.line.Reset(); return true }},
		{name: "cut of the line", weight: 2, strike: r.cut},
		{name: "silence of the line", weight: 1, strike: r.silence},
		{name: "cut of the line, and SIGKILL of the daemon", weight: 1, strike: r.cutAndKill},
		{name: "SIGKILL of an agent", weight: 1, costs: 1, strike: r.killAgent},
	}
}

// patience lets a part of some time pass, while which the line is as it is.
func (r remote) patience(most time.Duration) { <-time.After(r.dice.upTo(most)) }

func (r remote) cut(*testing.T) bool {
	r.line.Cut()
	r.patience(3 * time.Second)
	r.line.Mend()
	return true
}

func (r remote) silence(*testing.T) bool {
	r.line.Silence()
	r.patience(8 * time.Second)
	r.line.Mend()
	return true
}

func (r remote) cutAndKill(t *testing.T) bool {
	t.Helper()
	r.line.Cut()
	r.daemon.Kill(t)
	r.daemon.Start(t)
	r.patience(2 * time.Second)
	r.line.Mend()
	return true
}

func (r remote) killAgent(t *testing.T) bool {
	t.Helper()
	agents := slices.DeleteFunc(harness.ProcessesWith(t, r.workDir+"/agents"), func(p harness.Process) bool { return !strings.Contains(p.Command, "serve") })
	return len(agents) > 0 && syscall.Kill(agents[r.dice.IntN(len(agents))].PID, syscall.SIGKILL) == nil
}

// Sandboxes are directories on the host.
func (r remote) Sandboxes(t *testing.T) []string {
	t.Helper()
	return glob(t, filepath.Join(r.workDir, "sandboxes", "*", "*"))
}

// Left are processes and directories on the host.
func (r remote) Left(t *testing.T) []string {
	t.Helper()
	var left []string
	for _, pattern := range []string{"run/*", "kept/*", "agents/.*"} {
		left = append(left, glob(t, filepath.Join(r.workDir, pattern))...)
	}
	for _, process := range harness.ProcessesWith(t, r.workDir) {
		left = append(left, process.String())
	}
	return left
}
