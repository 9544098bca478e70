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
	PID, Parent int
	Command     string
}

// String is what a failed test shows of it.
func (p Process) String() string { return fmt.Sprintf("%d (%s)", p.PID, p.Command) }

// ProcessesWith returns the processes that carry a text in their environment, their command line or the path of
// their working directory. Zombies, which only wait to be reaped, are not alive.
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
		cwd, _ := os.Readlink(filepath.Join(dir, "cwd")) // the process may be gone
		places := []string{command, readProc(dir, "environ"), cwd}
		if slices.ContainsFunc(places, func(place string) bool { return strings.Contains(place, text) }) {
			found = append(found, Process{PID: pid, Parent: parentOf(dir), Command: strings.TrimSpace(strings.ReplaceAll(command, "\x00", " "))})
		}
	}
	return found
}

// readProc reads a file of a process; it is empty if the process is gone.
func readProc(dir, name string) string {
	data, _ := os.ReadFile(filepath.Join(dir, name))
	return string(data)
}

// isZombie tells whether a process has ended; one that is gone has.
func isZombie(dir string) bool {
	state, _, err := stat(dir)
	return err != nil || state == "Z" || state == "X"
}

// parentOf is the id of a process's parent; 0 if the process is gone.
func parentOf(dir string) int {
	_, parent, _ := stat(dir) // 0 after an error
	return parent
}

// stat reads the state of a process and its parent, see proc_pid_stat(5).
func stat(dir string) (state string, parent int, err error) {
	text, err := os.ReadFile(filepath.Join(dir, "stat"))
	if err != nil {
		return "", 0, err
	}
	// They follow the command, which stands in parentheses and may itself hold any of them.
	_, err = fmt.Sscan(string(text[bytes.LastIndexByte(text, ')')+1:]), &state, &parent)
	return state, parent, err
}

// Agents returns the living agents of the daemon's sandboxes. A child that an agent has just forked, and that is about to execute something else,
// looks like one; its parent tells.
func (d *Daemon) Agents(t *testing.T) []Process {
	t.Helper()
	alike := slices.DeleteFunc(d.Sandboxed(t), func(p Process) bool { return !strings.Contains(p.Command, "clockwork-agent") })
	return slices.DeleteFunc(slices.Clone(alike), func(p Process) bool {
		return slices.ContainsFunc(alike, func(other Process) bool { return other.PID == p.Parent })
	})
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
