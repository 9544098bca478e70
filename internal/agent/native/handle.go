package native

import (
	"context"

	"github.com/clockworkd/clockwork/internal/agent/cgroup"
	"github.com/clockworkd/clockwork/internal/agent/process"
	"github.com/clockworkd/clockwork/internal/agent/tree"
)

// handle is a process that was started.
type handle struct {
	spawner *Spawner
	pid     int
	argv    []string
	stdout  *output
	stderr  *output
	ended   chan process.Ended
	tree    tree.Set
	stay    *cgroup.Stay
}

func (h *handle) PID() int { return h.pid }

func (h *handle) Argv() []string { return h.argv }

func (h *handle) Stdout() process.Output { return h.stdout }

func (h *handle) Stderr() process.Output { return h.stderr }

// Wait returns when it has ended, with what it has cost and which limits it has reached.
func (h *handle) Wait() process.Ended {
	ended := <-h.ended
	report := h.stay.End(wayOf(ended))
	h.spawner.account(&ended, report)
	if report.Refused > 0 && wayOf(ended) != cgroup.Well {
		h.Kill() // a fork bomb: what is left of it leaves no room for others
	}
	h.spawner.leftovers.add(h)
	return ended
}

func (h *handle) Terminate(ctx context.Context) error {
	return h.tree.Terminate(ctx, h.spawner.reaper.changed)
}

// Kill ends the tree.
func (h *handle) Kill() {
	h.stay.Kill()
	kill(h.tree, h.spawner.reaper)
	h.stay.Leave()
}
