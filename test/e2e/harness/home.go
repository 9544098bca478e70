package harness

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// SystemPath is the PATH that daemons and clients of a test run with.
const SystemPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// Home is a directory of a test's own with all that a user of Clockwork has: the binaries, a home, a runtime directory, and
// nothing of whoever runs the test. Since the binaries lie in it, every process of Clockwork's carries its path.
type Home struct {
	// Dir holds everything. Its path is short, for the sake of the sockets in it, and unique: a process that carries it
	// belongs to the test.
	Dir string
}

// NewHome makes a home. When the test ends it is removed, after whatever process still carries its path was killed; unless
// the test has failed anyway, such a process fails it.
func NewHome(t *testing.T) *Home {
	t.Helper()
	binaries := Binaries(t)
	dir, err := os.MkdirTemp("/tmp", "cw-e2e-") //nolint:usetesting // t.TempDir's path is too long for sockets
	if err != nil {
		t.Fatal(err)
	}
	h := &Home{Dir: dir}
	t.Cleanup(func() { h.remove(t) })
	for _, sub := range []string{h.path("home"), h.path("xdg"), h.path("bin")} {
		if err := os.Mkdir(sub, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, program := range binaries {
		install(t, program, h.path("bin"))
	}
	return h
}

// Env is the whole environment of every command of this home.
func (h *Home) Env(more ...string) []string {
	return append([]string{
		"PATH=" + SystemPath,
		"HOME=" + h.path("home"),
		"XDG_RUNTIME_DIR=" + h.path("xdg"),
		"XDG_STATE_HOME=" + h.path("xdg-state"),
	}, more...)
}

// Command prepares one of the project's binaries to run in this home.
func (h *Home) Command(name string, args ...string) *exec.Cmd {
	return h.CommandAt(h.path("bin", name), args...)
}

// CommandAt prepares any program to run in this home.
func (h *Home) CommandAt(path string, args ...string) *exec.Cmd {
	cmd := exec.Command(path, args...)
	cmd.Env, cmd.Dir = h.Env(), h.Dir
	return cmd
}

func (h *Home) path(elements ...string) string {
	return filepath.Join(append([]string{h.Dir}, elements...)...)
}

// WriteFile writes a file below the home and returns its path.
func (h *Home) WriteFile(t *testing.T, name string, content []byte) string {
	t.Helper()
	path := h.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (h *Home) remove(t *testing.T) {
	t.Helper()
	gone := Within(Patience/3, func() bool { return len(ProcessesWith(t, h.Dir)) == 0 })
	for _, left := range ProcessesWith(t, h.Dir) {
		if !gone && !t.Failed() {
			t.Errorf("still alive when everything should have ended: %v", left)
		}
		if process, err := os.FindProcess(left.PID); err == nil {
			_ = process.Kill() // it may have ended meanwhile
		}
	}
	Eventually(t, Patience, "the end of what was killed", func() bool { return len(ProcessesWith(t, h.Dir)) == 0 })
	if t.Failed() && os.Getenv("CLOCKWORK_TEST_KEEP") != "" {
		t.Logf("kept for inspection: %s", h.Dir)
		return
	}
	if err := os.RemoveAll(h.Dir); err != nil {
		t.Errorf("cannot remove %s: %v", h.Dir, err)
	}
}
