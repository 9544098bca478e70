package userdaemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/internal/descriptors"
)

const (
	// startDeadline bounds how long a new daemon may take until it answers.
	startDeadline = 10 * time.Second
	// pollInterval is how often another process is looked at.
	pollInterval = 10 * time.Millisecond
)

// Start makes sure that a daemon answers at the user's own socket: it starts one in a session of its own unless one
// answers already. Of several clients that do this at once one starts it, the others wait for it.
func Start(ctx context.Context, address string) error {
	unlock, err := lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	if _, err := versionOf(ctx, address); !errors.Is(err, client.ErrUnreachable) {
		return err
	}
	return start(ctx, address)
}

// Replace stops the daemon of the given version and starts the one that belongs to this clockworkctl, unless another
// client has done so meanwhile.
func Replace(ctx context.Context, address, version string) error {
	unlock, err := lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	switch current, err := versionOf(ctx, address); {
	case errors.Is(err, client.ErrUnreachable):
	case err != nil:
		return err
	case current != version:
		return nil
	default:
		if err := Stop(ctx, address); err != nil {
			return err
		}
	}
	return start(ctx, address)
}

// versionOf asks whoever answers for its version.
func versionOf(ctx context.Context, address string) (string, error) {
	c, err := client.Dial(ctx, address)
	if err != nil {
		return "", err
	}
	return c.DaemonVersion(), c.Close()
}

func start(ctx context.Context, address string) error {
	program, err := Program()
	if err != nil {
		return err
	}
	log, err := openLog()
	if err != nil {
		return err
	}
	defer log.Close()
	descriptors.CloseOnExec()
	daemon := exec.Command(program) //nolint:noctx // it outlives this process
	daemon.Dir = "/"
	daemon.Stdout, daemon.Stderr = log, log
	daemon.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := daemon.Start(); err != nil {
		return fmt.Errorf("cannot start the daemon: %w", err)
	}
	if err := await(ctx, daemon.Process, address); err != nil {
		return fmt.Errorf("cannot start %s: %w%s", program, err, log.tail())
	}
	return nil
}

// await waits until the daemon answers. One that does not in time is left alone: it may have a long journal to read.
func await(ctx context.Context, process *os.Process, address string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, startDeadline, fmt.Errorf("it has not answered within %s, and goes on starting", startDeadline))
	defer cancel()
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		if _, err := versionOf(ctx, address); err == nil {
			return process.Release()
		}
		if ended, how := exited(process.Pid); ended {
			return fmt.Errorf("it ended at once (%s)", how)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return errors.Join(context.Cause(ctx), process.Release())
		}
	}
}

// exited tells, without waiting, whether a child has ended.
func exited(pid int) (bool, string) {
	var status syscall.WaitStatus
	if reaped, err := syscall.Wait4(pid, &status, syscall.WNOHANG, nil); err != nil || reaped != pid {
		return false, ""
	}
	if status.Signaled() {
		return true, status.Signal().String()
	}
	return true, fmt.Sprintf("exit code %d", status.ExitStatus())
}
