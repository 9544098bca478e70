package engine

import (
	"errors"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/go-units"

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
	if l.OpenFiles > 0 {
		r.Ulimits = []*units.Ulimit{{Name: "nofile", Soft: int64(l.OpenFiles), Hard: int64(l.OpenFiles)}}
	}
	return r
}

// CheckLimits refuses what no engine enforces as it is meant. To ignore it would be worse.
func CheckLimits(l runners.ResourceLimits) error {
	if l.FileSizeBytes > 0 {
		return errors.New("cannot enforce resource_limits.file_size in a container: it would bind the agent too; remove the option")
	}
	return nil
}
