package userdaemon

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/clockworkd/clockwork/internal/userdirs"
)

// lock takes the lock under which the user's own daemon is started and replaced. The kernel releases it when this
// process ends, however it does.
func lock(ctx context.Context) (unlock func(), err error) {
	dir, err := userdirs.RuntimeDir()
	if err != nil {
		return nil, err
	}
	file, err := os.OpenFile(filepath.Join(dir, "start.lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot take the lock for starting a daemon: %w", err)
	}
	tick := time.NewTicker(pollInterval)
	defer tick.Stop()
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return func() { _ = file.Close() }, nil
		case errors.Is(err, syscall.EWOULDBLOCK), errors.Is(err, syscall.EINTR):
		default:
			_ = file.Close()
			return nil, fmt.Errorf("cannot take the lock %s: %w", file.Name(), err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			_ = file.Close()
			return nil, fmt.Errorf("cannot take the lock %s, which another client holds: %w", file.Name(), context.Cause(ctx))
		}
	}
}
