//go:build !linux

package rlimit

import (
	"errors"
	"syscall"
)

// Start calls fork. Limits of another process can be set on Linux only.
func (l Limits) Start(_ *syscall.SysProcAttr, fork func() (int, error)) (int, error) {
	if !l.IsZero() {
		return 0, errors.New("cannot limit open files or the size of files: that is possible on Linux only")
	}
	return fork()
}
