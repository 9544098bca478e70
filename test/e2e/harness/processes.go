package harness

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// Process is a process of this machine that is alive.
type Process struct {
	PID     int
	Command string
}

// String is what a failed test shows of it.
func (p Process) String() string { return fmt.Sprintf("%d (%s)", p.PID, p.Command) }

// ProcessesWith returns the processes that carry a text in their environment or their command line, or in the path of
// their working directory or of a file that they have open. Zombies, which only wait to be reaped, are not alive.
func ProcessesWith(t *testing.T, text string) []Process {
	t.Helper()
	dirs, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	var found []Process
	for _, dir := range dirs {
		pid, err := strconv.Atoi(filepath.Base(dir))
		if err != nil || pid == os.Getpid() || isZombie(dir) {
			continue
		}
		command := readProc(dir, "cmdline")
		places := append([]string{command, readProc(dir, "environ")}, links(dir)...)
		if slices.ContainsFunc(places, func(place string) bool { return strings.Contains(place, text) }) {
			found = append(found, Process{PID: pid, Command: strings.TrimSpace(strings.ReplaceAll(command, "\x00", " "))})
		}
	}
	return found
}

// links returns the paths of a process's working directory and of what it has open.
func links(dir string) []string {
	cwd, _ := os.Readlink(filepath.Join(dir, "cwd")) // the process may be gone
	paths := []string{cwd}
	for _, path := range OpenFiles(dir) {
		paths = append(paths, path)
	}
	return paths
}

// OpenFiles returns what a process, named by its directory in /proc, has open, by descriptor.
func OpenFiles(dir string) map[string]string {
	files := map[string]string{}
	entries, _ := os.ReadDir(filepath.Join(dir, "fd")) // the process may be gone
	for _, entry := range entries {
		if path, err := os.Readlink(filepath.Join(dir, "fd", entry.Name())); err == nil {
			files[entry.Name()] = path
		}
	}
	return files
}

// readProc reads a file of a process; it is empty if the process is gone.
func readProc(dir, name string) string {
	data, _ := os.ReadFile(filepath.Join(dir, name))
	return string(data)
}

// isZombie tells whether a process has ended; one that is gone has.
func isZombie(dir string) bool {
	stat, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return true
	}
	// The state follows the command, which stands in parentheses and may itself hold any of them.
	_, state, found := bytes.Cut(stat[bytes.LastIndexByte(stat, ')')+1:], []byte(" "))
	return !found || bytes.HasPrefix(state, []byte("Z")) || bytes.HasPrefix(state, []byte("X"))
}

// Sandboxed returns the living processes of the daemon's sandboxes, agents included: everything of its home but itself.
func (d *Daemon) Sandboxed(t *testing.T) []Process {
	t.Helper()
	return slices.DeleteFunc(ProcessesWith(t, d.Dir), func(p Process) bool { return p.PID == d.process.PID() })
}

// AwaitNoneOf fails the test if a second from now a process still carries the text: nothing outlives its execution.
func AwaitNoneOf(t *testing.T, text string) {
	t.Helper()
	if !Within(time.Second, func() bool { return len(ProcessesWith(t, text)) == 0 }) {
		t.Fatalf("alive a second after the end: %v", ProcessesWith(t, text))
	}
}
