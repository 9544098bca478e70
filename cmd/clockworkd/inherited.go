package main

import (
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// keepDescriptors marks what this process was started with, besides the standard streams, to be closed in what it starts: a lock or a
// pipe that somebody left open would else be held by sandboxes that outlive the daemon.
func keepDescriptors() error {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return fmt.Errorf("cannot list the descriptors that the daemon was started with: %w", err)
	}
	for _, entry := range entries {
		if fd, err := strconv.Atoi(entry.Name()); err == nil && fd > 2 {
			unix.CloseOnExec(fd) // the one that listed them is closed by now, which does no harm
		}
	}
	return nil
}
