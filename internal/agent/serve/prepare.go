package serve

import (
	"runtime"
	"runtime/debug"
	"syscall"
)

// What the agent may use of the machine, which belongs to the steps.
const (
	maxProcs    = 4        // threads that run Go code at once
	gcPercent   = 50       // garbage that is tolerated, of what is alive
	memoryGoal  = 24 << 20 // bytes above which the collector works harder
	defaultMask = 0o022
)

// prepare makes the process what a step may inherit from, and one that a step cannot look into.
func prepare() error {
	runtime.GOMAXPROCS(min(runtime.GOMAXPROCS(0), maxProcs))
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(memoryGoal)
	syscall.Umask(defaultMask)
	_, _ = syscall.Setsid() // it leads a session already; what matters is that the one it was started from does not end it
	return isolate()
}
