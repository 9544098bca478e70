package native

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"github.com/clockworkd/clockwork/internal/agent/process"
)

// blockBytes is the unit in which getrusage(2) counts input and output.
const blockBytes = 512

// endedBy translates what wait4(2) says.
func endedBy(status unix.WaitStatus, usage *unix.Rusage) process.Ended {
	ended := process.Ended{Usage: process.Usage{
		CPUUser:      time.Duration(usage.Utime.Nano()),
		CPUSystem:    time.Duration(usage.Stime.Nano()),
		MaxRSSBytes:  uint64(usage.Maxrss) * maxRSSUnit(),
		ReadBytes:    uint64(usage.Inblock) * blockBytes,
		WrittenBytes: uint64(usage.Oublock) * blockBytes,
	}}
	if status.Signaled() {
		ended.Signal = int(status.Signal())
	} else {
		ended.Code = status.ExitStatus()
	}
	return ended
}

// maxRSSUnit is the unit of ru_maxrss: bytes on macOS, KiB elsewhere.
func maxRSSUnit() uint64 {
	if runtime.GOOS == "darwin" {
		return 1
	}
	return 1 << 10
}
