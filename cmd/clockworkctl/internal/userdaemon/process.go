package userdaemon

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"github.com/clockworkd/clockwork/client"
)

// clockTicks is the kernel's USER_HZ, the unit of times in /proc/PID/stat. It is 100 on every platform that Go runs on.
const clockTicks = 100

// Pid returns the process that listens at a Unix socket, as the kernel remembers it. The error wraps
// client.ErrUnreachable if nobody does.
func Pid(ctx context.Context, address string) (int, error) {
	path, ok := client.SocketPath(address)
	if !ok {
		return 0, fmt.Errorf("cannot tell which process listens at %s: only a Unix socket says so", address)
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", path)
	if err != nil {
		return 0, fmt.Errorf("%w at %s: %w", client.ErrUnreachable, address, err)
	}
	defer conn.Close()
	raw, err := conn.(*net.UnixConn).SyscallConn() //nolint:errcheck // what the network "unix" gives is a UnixConn
	if err != nil {
		return 0, fmt.Errorf("cannot tell which process listens at %s: %w", address, err)
	}
	var peer *unix.Ucred
	var peerErr error
	if err := raw.Control(func(fd uintptr) { peer, peerErr = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED) }); err != nil {
		return 0, fmt.Errorf("cannot tell which process listens at %s: %w", address, err)
	}
	if peerErr != nil {
		return 0, fmt.Errorf("cannot tell which process listens at %s: %w", address, peerErr)
	}
	if peer.Pid <= 0 {
		return 0, fmt.Errorf("cannot tell which process listens at %s: it is in another PID namespace, a container for instance", address)
	}
	return int(peer.Pid), nil
}

// Uptime is how long a process has been running; 0 if that cannot be told.
func Uptime(pid int) time.Duration {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0
	}
	uptime, err := os.ReadFile("/proc/uptime")
	if err != nil {
		return 0
	}
	return runningFor(stat, uptime)
}

// runningFor takes the contents of /proc/PID/stat and /proc/uptime (proc(5)).
func runningFor(stat, uptime []byte) time.Duration {
	// Field 2, the command, may contain anything, blanks and parentheses too; field 3 follows its last parenthesis.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	const startTime = 22 - 3
	if len(fields) <= startTime {
		return 0
	}
	start, err := strconv.ParseFloat(string(fields[startTime]), 64)
	if err != nil {
		return 0
	}
	first, _, _ := bytes.Cut(uptime, []byte(" "))
	now, err := strconv.ParseFloat(string(first), 64)
	if err != nil {
		return 0
	}
	return max(0, time.Duration((now-start/clockTicks)*float64(time.Second)))
}
