//go:build !linux

package rlimit

import "errors"

// Apply says that limits of another process can be set on Linux only.
func (l Limits) Apply(int) error {
	if l.IsZero() {
		return nil
	}
	return errors.New("cannot limit open files or the size of files: that is possible on Linux only")
}
