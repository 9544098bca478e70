package descriptors

import (
	"os"
	"strconv"
	"syscall"
)

// firstInherited is the first descriptor beyond standard input, output and error.
const firstInherited = 3

// CloseOnExec marks all descriptors but the three standard ones. It is called at the start of a program, before it starts others.
func CloseOnExec() {
	if markAll() {
		return
	}
	entries, err := os.ReadDir(listing)
	if err != nil {
		return // without a list of them, the few that matter cannot be told from those that do not exist
	}
	for _, entry := range entries {
		if fd, err := strconv.Atoi(entry.Name()); err == nil && fd >= firstInherited {
			syscall.CloseOnExec(fd)
		}
	}
}
