package native

import (
	"bytes"
	"os"
	"strconv"
	"sync/atomic"
)

// resident tells the resident sets of others from the agent's own. An execution carries the largest resident set of the memory before it over to
// the process (exec_mmap in the kernel's fs/exec.c), and that memory is the agent's.
type resident struct {
	// floor is the agent's largest so far, in bytes. It only grows.
	floor atomic.Uint64
}

// inaccuracy is how far the kernel's counts of pages may be off: they are kept apart for each processor.
const inaccuracy = 1 << 20

// own returns the largest resident set that a process had by itself; 0: it was less than the agent's.
func (r *resident) own(bytes uint64) uint64 {
	if bytes > r.floor.Load()+inaccuracy {
		r.floor.Store(peakOfAgent())
	}
	if bytes <= r.floor.Load()+inaccuracy {
		return 0
	}
	return bytes
}

// peakOfAgent reads the largest resident set of this process, see proc_pid_status(5); 0 if it cannot.
func peakOfAgent() uint64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	_, rest, _ := bytes.Cut(status, []byte("\nVmHWM:"))
	number, _, _ := bytes.Cut(rest, []byte("kB"))
	kib, err := strconv.ParseUint(string(bytes.TrimSpace(number)), 10, 54)
	if err != nil {
		return 0
	}
	return kib << 10
}
