package hosting

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// acquire locks a sandbox's directory, after it has waited for whoever works on it. It is fs.ErrNotExist if there is none, or none any more. The
// lock ends with the process at the latest.
func (l layout) acquire(id string, flags int) (release func(), err error) {
	file, err := os.OpenFile(l.lock(id), os.O_RDWR|flags, 0o600)
	if errors.Is(err, fs.ErrNotExist) {
		if _, missing := os.Lstat(l.sandbox(id)); missing != nil {
			return nil, missing
		}
		// Its maker ended between the directory and the lock.
		file, err = os.OpenFile(l.lock(id), os.O_RDWR|os.O_CREATE, 0o600)
	}
	if err != nil {
		return nil, err
	}
	for {
		err := unix.Flock(int(file.Fd()), unix.LOCK_EX)
		if err == nil {
			break
		}
		if !errors.Is(err, unix.EINTR) {
			return nil, errors.Join(fmt.Errorf("cannot lock %s: %w", l.lock(id), err), file.Close())
		}
	}
	mine, err := file.Stat()
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	if now, err := os.Lstat(l.lock(id)); err != nil || !os.SameFile(mine, now) {
		_ = file.Close() // whoever had it has removed the sandbox
		return nil, fs.ErrNotExist
	}
	return func() { _ = file.Close() }, nil
}
