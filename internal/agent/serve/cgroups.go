package serve

import (
	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/agent/cgroup"
)

// openCgroups opens the cgroups that were made for the sandbox; else the agent's own, to watch what it can of it.
func openCgroups(launch agent.Launch) (*cgroup.Pool, error) {
	if !launch.Cgroups.IsZero() {
		return cgroup.Open(launch.Cgroups)
	}
	own, err := cgroup.Own()
	if err != nil {
		return cgroup.Watch(cgroup.Dirs{}), nil //nolint:nilerr // there is nothing to watch
	}
	return cgroup.Watch(own), nil
}
