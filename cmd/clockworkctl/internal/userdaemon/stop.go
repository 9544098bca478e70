package userdaemon

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sys/unix"

	"github.com/clockworkd/clockwork/client"
)

// Stop asks the daemon at address to end, by SIGTERM, and waits until its process has ended and its socket is gone. What
// its executions have running then is up to the daemon; it takes it up again when it is started next.
func Stop(ctx context.Context, address string) error {
	pid, err := Pid(ctx, address)
	if err != nil {
		return err
	}
	// By a descriptor, because the number may be another process's before the signal is sent.
	process, err := unix.PidfdOpen(pid, 0)
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("cannot stop the daemon, process %d: %w", pid, err)
	}
	defer unix.Close(process)
	if again, err := Pid(ctx, address); err == nil && again != pid {
		return fmt.Errorf("cannot stop the daemon at %s: another one has just taken its place; try again", address)
	}
	if err := unix.PidfdSendSignal(process, unix.SIGTERM, nil, 0); err != nil && !errors.Is(err, unix.ESRCH) {
		return fmt.Errorf("cannot stop the daemon, process %d: %w", pid, err)
	}
	if err := awaitEnd(ctx, process); err != nil {
		return fmt.Errorf("the daemon, process %d, is still ending: %w", pid, err)
	}
	return awaitNobody(ctx, address)
}

// awaitEnd waits until the process has ended, reaped or not.
func awaitEnd(ctx context.Context, process int) error {
	for {
		fds := []unix.PollFd{{Fd: int32(process), Events: unix.POLLIN}}
		n, err := unix.Poll(fds, int((10 * pollInterval).Milliseconds()))
		if err != nil && !errors.Is(err, unix.EINTR) {
			return err
		}
		if n > 0 {
			return nil
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
}

// awaitNobody waits until nobody listens at the address any more.
func awaitNobody(ctx context.Context, address string) error {
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		if _, err := Pid(ctx, address); errors.Is(err, client.ErrUnreachable) {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("somebody still listens at %s: %w", address, context.Cause(ctx))
		}
	}
}
