package serve

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// isolate is the part of prepare that the system has special means for.
func isolate() error {
	if err := clearSignalMask(); err != nil {
		return err
	}
	if err := closeOnExec(); err != nil {
		return fmt.Errorf("cannot keep descriptors from the steps: %w", err)
	}
	// Orphans of a step become the agent's children, which it finds and reaps.
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("cannot become the subreaper: %w", err)
	}
	// A step of the same user cannot trace the agent, nor open its memory, descriptors and environment in /proc.
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("cannot become non-dumpable: %w", err)
	}
	return nil
}

// clearSignalMask executes the agent anew, with no signal blocked. The Go runtime reads the mask before any Go code runs, keeps it for
// the processes it starts, and lets nobody see it: most signals are unblocked by then. So there is no way to find out whether
// this is needed, and no other one to change it.
func clearSignalMask() error {
	if _, done := os.LookupEnv(clearedName); done {
		return nil
	}
	runtime.LockOSThread()
	var none uint64
	_, _, failed := unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&none)), 0, unsafe.Sizeof(none), 0, 0)
	if failed != 0 {
		return fmt.Errorf("cannot clear the signal mask: %w", failed)
	}
	err := syscall.Exec("/proc/self/exe", os.Args, []string{clearedName + "="})
	return fmt.Errorf("cannot execute the agent with an empty signal mask: %w", err)
}

// clearedName marks, in its environment, a process whose signal mask was cleared before it began.
const clearedName = "CLOCKWORK_AGENT_MASK_CLEARED"

// closeOnExec keeps descriptors that the agent was started with from the steps.
func closeOnExec() error {
	const first = 3
	err := unix.CloseRange(first, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC)
	if err == nil {
		return nil
	}
	names, err := os.ReadDir("/proc/self/fd") // for Linux before 5.11
	if err != nil {
		return err
	}
	for _, name := range names {
		if fd, err := strconv.Atoi(name.Name()); err == nil && fd >= first {
			syscall.CloseOnExec(fd)
		}
	}
	return nil
}
