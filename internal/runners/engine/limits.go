package engine

import (
	"github.com/docker/docker/api/types/container"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/agent/rlimit"
	"github.com/clockworkd/clockwork/internal/runners"
)

// agentTasks is what the agent and its connections need of a limit on processes, which counts threads too.
const agentTasks = 48

// resources says what a container may use. Where memory is limited there is no swap to evade to.
func resources(l runners.ResourceLimits) container.Resources {
	r := container.Resources{
		Memory: int64(l.MemoryBytes), MemorySwap: int64(l.MemoryBytes), NanoCPUs: int64(l.CPUs * 1e9),
	}
	if l.Processes > 0 {
		limit := int64(l.Processes + agentTasks)
		r.PidsLimit = &limit
	}
	return r
}

// limit tells the agent the limits that each process of a step has by itself: as the container's they would be the agent's, too.
func limit(launch *agent.Launch, l runners.ResourceLimits) {
	launch.Limits = rlimit.Limits{OpenFiles: uint64(l.OpenFiles), FileSizeBytes: l.FileSizeBytes}
	if l.Processes > 0 {
		launch.AgentTasks = agentTasks
	}
}
