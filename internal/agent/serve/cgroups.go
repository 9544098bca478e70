package serve

import (
	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/agent/cgroup"
	"github.com/clockworkd/clockwork/internal/agent/confine"
)

// openCgroups opens the cgroups that were made for the sandbox; else the agent's own, to watch what it can of it. If steps are confined, they
// are started from one thread alone.
func openCgroups(launch agent.Launch, thread *confine.Thread) (*cgroup.Pool, error) {
	if !launch.Cgroups.IsZero() {
		var from cgroup.Thread
		if thread.Confines() {
			from = thread
		}
		return cgroup.Open(launch.Cgroups, from)
	}
	own, err := cgroup.Own()
	if err != nil {
		return cgroup.Watch(cgroup.Dirs{}), nil //nolint:nilerr // there is nothing to watch
	}
	pool := cgroup.Watch(own)
	pool.Processes -= min(pool.Processes, launch.AgentTasks)
	return pool, nil
}
