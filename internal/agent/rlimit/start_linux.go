package rlimit

import (
	"errors"
	"fmt"
	"runtime"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Start calls fork, which starts a process with these attributes, so that it has the limits, soft and hard, before it runs. Nobody else waits for
// children of this process meanwhile. What cannot be limited is ended.
func (l Limits) Start(attr *syscall.SysProcAttr, fork func() (int, error)) (int, error) {
	if l.IsZero() {
		return fork()
	}
	runtime.LockOSThread() // only the thread that has started it traces it
	defer runtime.UnlockOSThread()
	attr.Ptrace = true
	pid, err := fork()
	if err != nil || !stops(pid) {
		return pid, err
	}
	set := make(chan error)
	go func() { set <- l.set(pid) }() // by another thread: this one may be confined, and not allowed to
	if err := errors.Join(<-set, syscall.PtraceDetach(pid)); err != nil {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it is stopped, so it is there
		_, _ = syscall.Wait4(pid, nil, 0, nil)
		return 0, fmt.Errorf("cannot limit what it may use: %w", err)
	}
	return pid, nil
}

// stops waits until a traced process stops at its execution. If it ends instead, it is left for whoever reaps it.
func stops(pid int) bool {
	var info struct {
		_    [0]uint64 // alignment
		code [128 / 4]int32
	}
	for {
		err := unix.Waitid(unix.P_PID, pid, (*unix.Siginfo)(unsafe.Pointer(&info)), unix.WSTOPPED|unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			const codeIndex = 2 // si_signo, si_errno, si_code; see waitid(2)
			return err == nil && (info.code[codeIndex] == cldTrapped || info.code[codeIndex] == cldStopped)
		}
	}
}

// Values of si_code, see sigaction(2).
const (
	cldTrapped = 4
	cldStopped = 5
)

func (l Limits) set(pid int) error {
	for _, limit := range []struct {
		resource int
		value    uint64
	}{
		{unix.RLIMIT_NOFILE, l.OpenFiles},
		{unix.RLIMIT_FSIZE, l.FileSizeBytes},
		{unix.RLIMIT_NPROC, l.UserProcesses},
	} {
		if limit.value == 0 {
			continue
		}
		if err := lower(pid, limit.resource, limit.value); err != nil {
			return err
		}
	}
	return nil
}

// lower sets a limit, or leaves it where it is lower already.
func lower(pid, resource int, value uint64) error {
	var now unix.Rlimit
	if err := unix.Prlimit(pid, resource, nil, &now); err != nil {
		return err
	}
	return unix.Prlimit(pid, resource, &unix.Rlimit{Cur: min(value, now.Max), Max: min(value, now.Max)}, nil)
}
