package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// process tells a process from a later one with the same id.
type process struct {
	PID int `json:"pid"`
	// Start is when it started, in clock ticks since the system's boot.
	Start uint64 `json:"start"`
}

// startPosition is that of the start time in /proc/PID/stat after the name, counted from the state; see proc_pid_stat(5).
const startPosition = 19

// identify returns the process that has an id now.
func identify(pid int) (process, error) {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return process{}, err
	}
	// The name is in parentheses, and may contain any byte.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	if len(fields) <= startPosition {
		return process{}, fmt.Errorf("cannot understand the stat file of process %d", pid)
	}
	start, err := strconv.ParseUint(string(fields[startPosition]), 10, 64)
	if err != nil {
		return process{}, fmt.Errorf("cannot understand the stat file of process %d: %v", pid, err)
	}
	return process{PID: pid, Start: start}, nil
}

// end waits for a process to end by itself for a while, then kills it. It returns when it has ended; a process that does
// not exist any more has.
func (p process) end(ctx context.Context, patience time.Duration) error {
	if p.PID <= 0 {
		return nil
	}
	handle, err := openProcess(p)
	if handle == nil {
		return err
	}
	defer handle.Close()
	if handle.awaitEnd(ctx, patience) == nil {
		return nil
	}
	if err := handle.kill(); err != nil {
		return fmt.Errorf("cannot kill the agent, process %d: %v", p.PID, err)
	}
	if err := handle.awaitEnd(ctx, time.Minute); err != nil {
		return fmt.Errorf("cannot end the agent, process %d, although it was killed: %w", p.PID, err)
	}
	return nil
}

// processHandle stands for one process, whatever its id is used for later.
type processHandle struct{ *os.File }

// openProcess returns a handle of a process, or nil if it does not exist any more.
func openProcess(p process) (*processHandle, error) {
	fd, err := unix.PidfdOpen(p.PID, unix.PIDFD_NONBLOCK)
	if errors.Is(err, unix.ESRCH) || errors.Is(err, unix.EINVAL) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("cannot open process %d: %v", p.PID, err)
	}
	handle := &processHandle{os.NewFile(uintptr(fd), "pidfd")}
	if now, err := identify(p.PID); err != nil || now != p { // the id was used again, or nobody has it
		_ = handle.Close() // nothing was written to it
		return nil, nil    //nolint:nilerr // that is no process any more
	}
	return handle, nil
}

// awaitEnd returns nil when the process has ended.
func (h *processHandle) awaitEnd(ctx context.Context, patience time.Duration) error {
	conn, err := h.SyscallConn()
	if err != nil {
		return err
	}
	if err := h.SetReadDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = h.SetReadDeadline(time.Unix(1, 0)) }) // it was set before, so it can be
	defer stop()
	err = conn.Read(func(fd uintptr) bool { return readable(int(fd)) })
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// readable tells whether the process of a pidfd has ended: pidfd_open(2) says that it is readable then.
func readable(pidfd int) bool {
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(pidfd), Events: unix.POLLIN}}, 0)
	return err == nil && n > 0
}

// kill sends SIGKILL. It is no error that the process has ended.
func (h *processHandle) kill() error {
	conn, err := h.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	err = conn.Control(func(fd uintptr) { failed = unix.PidfdSendSignal(int(fd), unix.SIGKILL, nil, 0) })
	if errors.Is(failed, unix.ESRCH) {
		failed = nil
	}
	return errors.Join(err, failed)
}
