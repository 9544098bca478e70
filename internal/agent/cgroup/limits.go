package cgroup

import (
	"fmt"
	"strconv"
)

// Limits bound what the processes of a sandbox use together. 0 does not limit.
type Limits struct {
	// MemoryBytes includes page cache and kernel memory. Nothing is swapped out then.
	MemoryBytes uint64
	// CPUs is the share of processors: 1.5 is one and a half of them. At least 0.01.
	CPUs float64
	// Processes counts threads, too.
	Processes uint64
}

// The period over which a share of processors is counted, in microseconds; the one that the kernel starts with.
const cpuPeriod = 100_000

// setting is one file to write.
type setting struct {
	controller, file, value string
	optional                bool // an older kernel, or one without swap, may not have it
}

// unified returns the settings of version 2, see the kernel's Documentation/admin-guide/cgroup-v2.rst.
func (l Limits) unified() (settings []setting) {
	if l.MemoryBytes > 0 {
		settings = append(settings,
			setting{"memory", "memory.max", fmt.Sprint(l.MemoryBytes), false},
			setting{"memory", "memory.swap.max", "0", true})
	}
	if l.Processes > 0 {
		settings = append(settings, setting{"pids", "pids.max", fmt.Sprint(l.Processes), false})
	}
	if l.CPUs > 0 {
		settings = append(settings, setting{"cpu", "cpu.max", fmt.Sprintf("%s %d", l.quota(), cpuPeriod), false})
	}
	return settings
}

// legacy returns the settings of version 1, see the kernel's Documentation/admin-guide/cgroup-v1. So many threads of the agent are in the
// cgroup besides.
func (l Limits) legacy(threads int) (settings []setting) {
	settings = append(settings, setting{"memory", "memory.use_hierarchy", "1", true}) // what newer kernels always do
	if l.MemoryBytes > 0 {
		bytes := fmt.Sprint(l.MemoryBytes)
		settings = append(settings,
			setting{"memory", "memory.limit_in_bytes", bytes, false},
			setting{"memory", "memory.memsw.limit_in_bytes", bytes, true})
	}
	if l.Processes > 0 {
		settings = append(settings, setting{"pids", "pids.max", fmt.Sprint(l.Processes + uint64(threads)), false})
	}
	if l.CPUs > 0 {
		settings = append(settings,
			setting{"cpu", "cpu.cfs_period_us", fmt.Sprint(cpuPeriod), false},
			setting{"cpu", "cpu.cfs_quota_us", l.quota(), false})
	}
	return settings
}

// leastQuota is the least that the kernel takes, in microseconds.
const leastQuota = 1000

func (l Limits) quota() string {
	return strconv.Itoa(max(leastQuota, int(l.CPUs*cpuPeriod)))
}
