package fake

import (
	"context"
	"fmt"
	"path"
	"sync"
	"time"

	"github.com/clockworkd/clockwork/internal/agent/process"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// spawner runs programs as the processes of one sandbox.
type spawner struct {
	programs *programs

	mu    sync.Mutex
	trees []*tree
	shut  bool
}

var _ process.Spawner = (*spawner)(nil)

func newSpawner(programs *programs) *spawner { return &spawner{programs: programs} }

// Start starts the program that argv names.
func (s *spawner) Start(spec process.Spec) (process.Handle, error) {
	run, found := s.programs.find(spec.Argv[0])
	if !found {
		return nil, fmt.Errorf("cannot run %q: it was not found in PATH", spec.Argv[0])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shut {
		return nil, fmt.Errorf("cannot run %q: the sandbox is being shut down", spec.Argv[0])
	}
	t := newTree()
	outputs := [2]*pipe{newPipe(), newPipe()}
	end, err := t.start(&Process{Args: spec.Argv, Env: spec.Env, Dir: spec.Dir, tree: t, outputs: outputs}, run)
	if err != nil {
		return nil, err
	}
	s.trees = append(s.trees, t)
	argv := append([]string{path.Join(binDir, path.Base(spec.Argv[0]))}, spec.Argv[1:]...)
	return &handle{pid: int(spec.Number), argv: argv, tree: t, outputs: outputs, end: end}, nil
}

// LookPath finds a program by its name.
func (s *spawner) LookPath(name, _ string) (string, bool) {
	if _, found := s.programs.find(name); !found {
		return "", false
	}
	return path.Join(binDir, name), true
}

// Shutdown ends all trees: asks first, kills after the grace.
func (s *spawner) Shutdown(grace time.Duration) (killed uint64) {
	s.mu.Lock()
	s.shut = true
	trees := s.trees
	s.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	var all sync.WaitGroup
	for _, t := range trees {
		killed += uint64(t.count())
		all.Go(func() {
			if t.terminate(ctx) != nil {
				t.kill()
			}
		})
	}
	all.Wait()
	return killed
}

// Capabilities says that there is nothing that confines a function.
func (s *spawner) Capabilities() []*agentv1.Capability { return nil }

// handle is a process.Handle of a tree.
type handle struct {
	pid     int
	argv    []string
	tree    *tree
	outputs [2]*pipe
	end     <-chan ended
}

// PID returns the number of the process in its sandbox.
func (h *handle) PID() int { return h.pid }

// Argv returns the arguments as the process sees them.
func (h *handle) Argv() []string { return h.argv }

// Stdout returns what the tree prints to its standard output.
func (h *handle) Stdout() process.Output { return h.outputs[0] }

// Stderr returns what the tree prints to its standard error.
func (h *handle) Stderr() process.Output { return h.outputs[1] }

// Wait returns how the process ended.
func (h *handle) Wait() process.Ended {
	end := <-h.end
	if end.signal != 0 {
		return process.Ended{Signal: int(end.signal)}
	}
	return process.Ended{Code: end.code}
}

// Terminate asks the tree to end.
func (h *handle) Terminate(ctx context.Context) error { return h.tree.terminate(ctx) }

// Kill ends the tree.
func (h *handle) Kill() { h.tree.kill() }
