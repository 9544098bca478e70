package rlimit

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// CountUser returns how many processes and threads a user has, as RLIMIT_NPROC counts them.
func CountUser(uid int) (threads uint64, err error) {
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, fmt.Errorf("cannot count processes: %w", err)
	}
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err != nil {
			continue // it has ended
		}
		if owner, ok := info.Sys().(*syscall.Stat_t); ok && int(owner.Uid) == uid {
			threads += countThreads(dir)
		}
	}
	return threads, nil
}

// countThreads returns how many threads a process has, one at least.
func countThreads(dir string) uint64 {
	status, err := os.ReadFile(filepath.Join(dir, "status"))
	if err != nil {
		return 1
	}
	_, rest, _ := bytes.Cut(status, []byte("\nThreads:"))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	if threads, err := strconv.ParseUint(string(bytes.TrimSpace(line)), 10, 32); err == nil {
		return threads
	}
	return 1
}
