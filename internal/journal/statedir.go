package journal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// What lies in the state directory.
const (
	lockName     = "journal.lock"
	databaseName = "journal.db"
	reserveName  = "journal.reserve"
	outputDir    = "output"
	filesDir     = "files"
	tempDir      = "tmp"
)

// prepareDir makes the state directory and returns its absolute path. It holds output of other people's programs, so
// that nobody but its owner may look inside.
func prepareDir(dir string) (string, error) {
	path, err := filepath.Abs(dir)
	if err != nil {
		return "", fmt.Errorf("cannot use the state directory %s: %w", dir, err)
	}
	if err := os.MkdirAll(path, 0o700); err != nil {
		return "", fmt.Errorf("cannot create the state directory: %w; choose another one (state_dir, --state-dir), or make it yourself", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("cannot use the state directory: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(path, 0o700); err != nil {
			return "", fmt.Errorf("cannot close the state directory to others: %w", err)
		}
	}
	return path, nil
}

// lockDir makes this process the only one that uses the directory, until the file is closed or the process dies.
func lockDir(ctx context.Context, dir string) (*os.File, error) {
	file, err := os.OpenFile(filepath.Join(dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("cannot lock the state directory: %w", err)
	}
	err = takeLock(ctx, file)
	if errors.Is(err, unix.EWOULDBLOCK) {
		holder := holderOf(file)
		_ = file.Close()
		return nil, fmt.Errorf("cannot use the state directory %s: the process %d has it open; stop that one, or choose another directory", dir, holder)
	}
	if err == nil {
		err = writePID(file)
	}
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("cannot lock the state directory %s: %w", dir, wrapFull(dir, err))
	}
	return file, nil
}

const (
	// inheritedLock is how long a lock may outlive its holder: a child that was just being started shares it until it has become another
	// program.
	inheritedLock = 5 * time.Second
	// dyingHolder is how long a holder that still exists may take to let go: one that was sent SIGKILL ends when a busy machine gets to it.
	dyingHolder = 3 * time.Second
	lockPause   = 10 * time.Millisecond
)

// takeLock waits a moment for the process that took the lock, and longer where that is dead.
func takeLock(ctx context.Context, file *os.File) error {
	ctx, cancel := context.WithTimeout(ctx, inheritedLock)
	defer cancel()
	pause := time.NewTicker(lockPause)
	defer pause.Stop()
	for begin := time.Now(); ; {
		err := unix.Flock(int(file.Fd()), unix.LOCK_EX|unix.LOCK_NB)
		if !errors.Is(err, unix.EWOULDBLOCK) || time.Since(begin) > dyingHolder && isAlive(holderOf(file)) {
			return err
		}
		select {
		case <-pause.C:
		case <-ctx.Done():
			return err
		}
	}
}

// holderOf returns the process that the lock file names; 0 if it names none.
func holderOf(file *os.File) int {
	var text [32]byte
	n, _ := file.ReadAt(text[:], 0) // a short one is all there is
	pid, err := strconv.Atoi(strings.TrimSpace(string(text[:n])))
	if err != nil {
		return 0
	}
	return pid
}

// isAlive is true where it cannot be told.
func isAlive(pid int) bool {
	return pid <= 0 || !errors.Is(unix.Kill(pid, 0), unix.ESRCH)
}

// unlockDir lets others use the directory. Closing the file alone would not do while a child process that is just being started
// still shares it.
func unlockDir(file *os.File) error {
	return errors.Join(unix.Flock(int(file.Fd()), unix.LOCK_UN), file.Close())
}

// writePID tells whoever comes second who was first.
func writePID(file *os.File) error {
	if err := file.Truncate(0); err != nil {
		return err
	}
	_, err := fmt.Fprintf(file, "%d\n", os.Getpid())
	return err
}

// syncDir makes the names in a directory durable.
func syncDir(root *os.Root, path string) error {
	dir, err := root.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
