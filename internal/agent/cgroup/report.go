package cgroup

import "time"

// Report is what became of the processes of a Stay.
type Report struct {
	// MemoryKills counts those that the kernel killed because memory ran out.
	MemoryKills uint64
	// Refused counts those that could not be started because there were too many.
	Refused uint64
	// PeakMemory is the most that was used at once, in bytes; 0: not known.
	PeakMemory uint64
	// Throttled is how long the CPU limit kept processes of the sandbox from running, added up over the processors.
	Throttled time.Duration
}

// Ending is how the process of a Stay ended.
type Ending int

// The ways to end, as far as they help to tell whose a kill was that may have been another one's.
const (
	// Well is with exit code 0.
	Well Ending = iota
	// Badly is with another exit code, or by another signal.
	Badly
	// Killed is by SIGKILL.
	Killed
)
