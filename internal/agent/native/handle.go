package native

import (
	"context"

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
}

func (h *handle) PID() int { return h.pid }

func (h *handle) Argv() []string { return h.argv }

func (h *handle) Stdout() process.Output { return h.stdout }

func (h *handle) Stderr() process.Output { return h.stderr }

func (h *handle) Wait() process.Ended { return <-h.ended }

func (h *handle) Terminate(ctx context.Context) error {
	return h.tree.Terminate(ctx, h.spawner.reaper.changed)
}

func (h *handle) Kill() { kill(h.tree, h.spawner.reaper) }
