package fake

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/runners"
)

// World is the environment that sandboxes exist in. Its methods are how a test steers it; they may be called at any time.
type World struct {
	dir      string
	programs *programs

	mu            sync.Mutex
	sandboxes     map[key]*sandbox
	created       []string
	description   runners.Description
	describeFault error
	faults        []error
	onCreate      OnCreate
	onDestroy     OnDestroy
}

// key is how sandboxes are told apart.
type key struct{ owner, id string }

// NewWorld returns an empty world, whose sandboxes have their workspaces under dir.
func NewWorld(dir string) *World {
	return &World{
		dir: dir, programs: newPrograms(), sandboxes: make(map[key]*sandbox), description: defaultDescription(),
	}
}

// place adds a sandbox that does not run yet.
func (w *World) place(owner, id string) (*sandbox, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if slices.Contains(w.created, id) {
		return nil, fmt.Errorf("cannot create sandbox %s: its id was used before", id)
	}
	w.created = append(w.created, id)
	s := newSandbox(id, filepath.Join(w.dir, id))
	w.sandboxes[key{owner, id}] = s
	return s, nil
}

func (w *World) find(owner, id string) *sandbox {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.sandboxes[key{owner, id}]
}

// remove ends a sandbox and forgets it. One that is not there is removed already.
func (w *World) remove(owner, id string) error {
	s := w.find(owner, id)
	if s == nil {
		return nil
	}
	s.remove()
	if err := os.RemoveAll(s.dir); err != nil {
		return fmt.Errorf("cannot destroy sandbox %s: %v", id, err)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	delete(w.sandboxes, key{owner, id})
	return nil
}

// Leftovers lists what exists, whoever it belongs to.
func (w *World) Leftovers() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var left []string
	for key := range w.sandboxes {
		left = append(left, "sandbox "+key.id+" of "+key.owner)
	}
	entries, err := os.ReadDir(w.dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		left = append(left, err.Error())
	}
	for _, entry := range entries {
		left = append(left, "directory "+entry.Name())
	}
	return left
}

// lost lets an error of the agent's that means a lost sandbox wrap runners.ErrGone too.
func lost(err error) error {
	if errors.Is(err, agent.ErrGone) {
		return fmt.Errorf("%w: %w", runners.ErrGone, err)
	}
	return err
}
