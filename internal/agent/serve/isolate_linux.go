package serve

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/clockworkd/clockwork/internal/descriptors"
)

// isolate is the part of prepare that the system has special means for.
func isolate() error {
	if err := resetSignals(); err != nil {
		return err
	}
	// Executed by way of /proc/self/exe, it is called "exe" in lists of processes. It is only a name: nothing depends on it.
	_ = os.WriteFile("/proc/self/comm", []byte("clockwork-agent"), 0)
	descriptors.CloseOnExec()
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

// resetSignals executes the agent anew, with no signal blocked or ignored. The Go runtime reads the mask before any Go code runs, keeps it for
// the processes it starts, and lets nobody see it: most signals are unblocked by then. So there is no way to find out whether
// this is needed, and no other one to change it.
func resetSignals() error {
	if _, done := os.LookupEnv(clearedName); done {
		return nil
	}
	runtime.LockOSThread()
	restoreIgnoredSignals()
	var none uint64
	_, _, failed := unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&none)), 0, unsafe.Sizeof(none), 0, 0)
	if failed != 0 {
		return fmt.Errorf("cannot clear the signal mask: %w", failed)
	}
	err := syscall.Exec("/proc/self/exe", os.Args, append(os.Environ(), clearedName+"="))
	return fmt.Errorf("cannot execute the agent with an empty signal mask: %w", err)
}

// clearedName marks, in its environment, a process whose signals were reset before it began.
const clearedName = "CLOCKWORK_AGENT_SIGNALS_RESET"

// sigaction is the kernel's struct sigaction on the 64-bit architectures, see rt_sigaction(2).
type sigaction struct {
	handler  uintptr
	flags    uint64
	restorer uintptr
	mask     uint64
}

const (
	defaultHandler = 0 // SIG_DFL
	ignored        = 1 // SIG_IGN
	lastSignal     = 64
)

// restoreIgnoredSignals gives those signals their default action that the agent was started with as ignored: an execution
// passes that on. It has to be done below os/signal, which neither sees all signals nor restores any.
func restoreIgnoredSignals() {
	for number := uintptr(1); number <= lastSignal; number++ {
		var before sigaction
		_, _, failed := unix.RawSyscall6(unix.SYS_RT_SIGACTION, number, 0, uintptr(unsafe.Pointer(&before)), unsafe.Sizeof(before.mask), 0, 0)
		if failed != 0 || before.handler != ignored {
			continue
		}
		byDefault := sigaction{handler: defaultHandler}
		_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, number, uintptr(unsafe.Pointer(&byDefault)), 0, unsafe.Sizeof(before.mask), 0, 0)
	}
}
