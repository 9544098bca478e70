package native

import (
	"syscall"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"

	"github.com/clockworkd/clockwork/internal/agent/cgroup"
	"github.com/clockworkd/clockwork/internal/agent/process"
)

// wayOf tells how a process ended, as far as that helps to tell whose a kill was.
func wayOf(ended process.Ended) cgroup.Ending {
	switch {
	case ended.Signal == int(syscall.SIGKILL):
		return cgroup.Killed
	case ended.Signal != 0 || ended.Code != 0:
		return cgroup.Badly
	default:
		return cgroup.Well
	}
}

// shellSignal is what shells add to the number of the signal that has killed a command, to make its exit code.
const shellSignal = 128

// account completes how a process ended by what its cgroup has counted.
func (s *Spawner) account(ended *process.Ended, report cgroup.Report) {
	ended.Usage.MaxRSSBytes = s.resident.own(ended.Usage.MaxRSSBytes)
	ended.Usage.PeakMemoryBytes = report.PeakMemory
	ended.Usage.CPUThrottled = report.Throttled
	hit := func(limit agentv1.Limit, value, killed uint64) {
		ended.LimitsHit = append(ended.LimitsHit, &agentv1.LimitHit{Limit: limit, Value: value, Killed: killed})
	}
	byShell := ended.Code == shellSignal+int(syscall.SIGXFSZ) && s.limits.FileSizeBytes > 0
	if ended.Signal == int(syscall.SIGXFSZ) || byShell {
		hit(agentv1.Limit_LIMIT_FILE_SIZE, s.limits.FileSizeBytes, 1)
	}
	if report.MemoryKills > 0 {
		hit(agentv1.Limit_LIMIT_MEMORY, s.cgroups.Memory, report.MemoryKills)
	}
	if report.Refused > 0 {
		hit(agentv1.Limit_LIMIT_PROCESSES, s.cgroups.Processes, 0)
	}
}
