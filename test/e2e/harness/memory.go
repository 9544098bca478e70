package harness

import (
	"fmt"
	"strings"
	"testing"
)

// Memory is what a process holds of the machine's memory, in bytes: at this moment, and at most until now.
type Memory struct{ Now, Peak int64 }

// MemoryOf looks at a living process; see proc_pid_status(5).
func MemoryOf(t *testing.T, pid int) Memory {
	t.Helper()
	status := readProc(fmt.Sprintf("/proc/%d", pid), "status")
	return Memory{Now: kilobytes(t, status, "VmRSS:"), Peak: kilobytes(t, status, "VmHWM:")}
}

func kilobytes(t *testing.T, status, field string) (bytes int64) {
	t.Helper()
	_, rest, _ := strings.Cut(status, "\n"+field)
	if _, err := fmt.Sscanf(rest, "%d kB", &bytes); err != nil {
		t.Fatalf("no %s in the status of a process: %v", field, err)
	}
	return bytes << 10
}
