package rlimit

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// Apply sets the limits of a process that has just begun, soft and hard, and those of what it has started already. A process that has
// ended is no error.
func (l Limits) Apply(pid int) error {
	if l.IsZero() {
		return nil
	}
	if err := l.set(pid); err != nil {
		return err
	}
	// What is forked from here on inherits them.
	for _, child := range children(pid) {
		if err := l.Apply(child); err != nil {
			return err
		}
	}
	return nil
}

func (l Limits) set(pid int) error {
	for _, limit := range []struct {
		resource int
		name     string
		value    uint64
	}{
		{unix.RLIMIT_NOFILE, "open files", l.OpenFiles},
		{unix.RLIMIT_FSIZE, "the size of files", l.FileSizeBytes},
		{unix.RLIMIT_NPROC, "processes", l.UserProcesses},
	} {
		if limit.value == 0 {
			continue
		}
		if err := lower(pid, limit.resource, limit.value); err != nil {
			return fmt.Errorf("cannot limit %s: %w", limit.name, err)
		}
	}
	return nil
}

// lower sets a limit, or leaves it where it is lower already.
func lower(pid, resource int, value uint64) error {
	var now unix.Rlimit
	err := unix.Prlimit(pid, resource, nil, &now)
	if err == nil {
		err = unix.Prlimit(pid, resource, &unix.Rlimit{Cur: min(value, now.Cur), Max: min(value, now.Max)}, nil)
	}
	if errors.Is(err, unix.ESRCH) {
		return nil
	}
	return err
}
