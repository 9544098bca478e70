package soak

import (
	"path/filepath"
	"syscall"
	"testing"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// local is the kind whose sandboxes are processes of this machine. They see what the test sees.
type local struct{ ground }

func newLocal(_ *testing.T, g ground) kind { return local{g} }

// Records lie in the daemon's home.
func (l local) Records() (listen, dial string) {
	address := "unix://" + filepath.Join(l.daemon.Dir, "records.sock")
	return address, address
}

// Equip has nothing to add.
func (l local) Equip(*clockworkv1.ArtifactBundle) string { return l.worker }

// Faults are the death of an agent.
func (l local) Faults() []fault {
	return []fault{{name: "SIGKILL of an agent", weight: 2, costs: 1, strike: l.killAgent}}
}

func (l local) killAgent(t *testing.T) bool {
	t.Helper()
	agents := l.daemon.Agents(t)
	return len(agents) > 0 && syscall.Kill(agents[l.dice.IntN(len(agents))].PID, syscall.SIGKILL) == nil
}

// Sandboxes are directories below the state.
func (l local) Sandboxes(t *testing.T) []string {
	t.Helper()
	return glob(t, l.daemon.StatePath("sandboxes", "*", "*"))
}

// Left are the processes, the directories with their sockets, and the cgroups.
func (l local) Left(t *testing.T) []string {
	t.Helper()
	left := glob(t, filepath.Join(l.daemon.RuntimeDir, "*"))
	for _, process := range harness.ProcessesWith(t, l.daemon.Dir) {
		left = append(left, process.String())
	}
	return left
}

func glob(t *testing.T, pattern string) []string {
	t.Helper()
	found, err := filepath.Glob(pattern)
	if err != nil {
		t.Fatal(err)
	}
	return found
}
