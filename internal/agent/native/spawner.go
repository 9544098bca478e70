package native

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"

	"github.com/clockworkd/clockwork/internal/agent/cgroup"
	"github.com/clockworkd/clockwork/internal/agent/confine"
	"github.com/clockworkd/clockwork/internal/agent/process"
	"github.com/clockworkd/clockwork/internal/agent/rlimit"
	"github.com/clockworkd/clockwork/internal/agent/tree"
)

var errShutdown = errors.New("cannot start a process: the sandbox is being shut down")

// Spawner starts processes of the operating system.
type Spawner struct {
	sandbox  string
	untagged error // why processes cannot be tagged; nil: they are
	null     *os.File
	thread   *confine.Thread
	reaper   *reaper
	cgroups  *cgroup.Pool
	limits   rlimit.Limits
	resident resident

	fork   sync.Mutex // from wearing a tag until the child that inherits it is registered
	closed bool       // guarded by fork

	leftovers leftovers
}

// NewSpawner returns the Spawner of a sandbox, whose processes are started from a thread, live in these cgroups, and have each these limits.
func NewSpawner(sandboxID string, thread *confine.Thread, cgroups *cgroup.Pool, limits rlimit.Limits) (*Spawner, error) {
	null, err := os.Open(os.DevNull)
	if err != nil {
		return nil, fmt.Errorf("cannot give processes an empty input: %w", err)
	}
	s := &Spawner{
		sandbox: sandboxID, untagged: tree.Wear(tree.NewTag(sandboxID, 0)), null: null,
		thread: thread, cgroups: cgroups, limits: limits,
	}
	s.reaper = newReaper(&s.fork)
	return s, nil
}

// Shutdown ends everything that was ever started. See process.Spawner.
func (s *Spawner) Shutdown(grace time.Duration) uint64 {
	s.fork.Lock()
	s.closed = true
	s.fork.Unlock()

	everything := s.everything()
	alive, _ := everything.Count() // if they cannot be told, Kill says so
	ctx, cancel := context.WithTimeout(context.Background(), grace)
	defer cancel()
	if grace <= 0 || everything.Terminate(ctx, s.reaper.changed) != nil {
		kill(everything, s.reaper)
	}
	return uint64(alive)
}

// Capabilities tells how processes are followed and confined.
func (s *Spawner) Capabilities() []*agentv1.Capability {
	tracking := &agentv1.Capability{Name: "process_tracking", Available: true, Detail: "by an inherited resource limit"}
	if s.untagged != nil {
		tracking.Available = false
		tracking.Detail = fmt.Sprintf("a step's children that start a session of their own live until the end of the execution: %v", s.untagged)
		tracking.Remedy = "run the sandbox on Linux, with the hard limit of RLIMIT_RTTIME (ulimit -R) unlimited"
	}
	if !s.thread.Confines() { // whether somebody else does, a container engine perhaps, is not for the agent to say
		return []*agentv1.Capability{tracking}
	}
	return append([]*agentv1.Capability{tracking}, s.thread.Capabilities()...)
}

var _ process.Spawner = (*Spawner)(nil)
