package harness

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// Lock is a file lock as scripts hold one while they run commands (flock 9). It is held until all have closed the file that
// have it open or have inherited it.
type Lock struct {
	// File is for a command to inherit.
	File *os.File
	path string
}

// NewLock takes a lock of its own.
func NewLock(t *testing.T) *Lock {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lock")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() }) // it may be closed
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	return &Lock{File: file, path: path}
}

// Close gives up our own hold of the lock.
func (l *Lock) Close(t *testing.T) {
	t.Helper()
	if err := l.File.Close(); err != nil {
		t.Fatal(err)
	}
}

// IsFree tells whether nobody holds the lock any more.
func (l *Lock) IsFree(t *testing.T) bool {
	t.Helper()
	file, err := os.Open(l.path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	return syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
