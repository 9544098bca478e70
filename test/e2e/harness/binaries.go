package harness

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// Root returns the project's directory.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..", "..")
}

// Missing ends a test that cannot be run for want of something: it skips it, and fails it under CLOCKWORK_TEST_STRICT.
func Missing(t *testing.T, format string, args ...any) {
	t.Helper()
	if os.Getenv("CLOCKWORK_TEST_STRICT") != "" {
		t.Fatalf(format, args...)
	}
	t.Skipf(format, args...)
}

// programs are the project's own.
var programs = []string{"clockworkd", "clockworkctl", "clockwork-agent"}

// BinDir is where the project's own binaries lie: CLOCKWORK_TEST_BIN, else bin.
func BinDir() string {
	if dir := os.Getenv("CLOCKWORK_TEST_BIN"); dir != "" {
		return dir
	}
	return filepath.Join(Root(), "bin")
}

// Binaries returns the paths of the project's own binaries.
func Binaries(t *testing.T) []string {
	t.Helper()
	var paths []string
	for _, name := range programs {
		path := filepath.Join(BinDir(), name)
		if _, err := os.Stat(path); err != nil {
			Missing(t, "needs %s: run make build", path)
		}
		paths = append(paths, path)
	}
	return paths
}

// install puts a program into a directory, by a link where that is possible.
func install(t *testing.T, program, dir string) {
	t.Helper()
	target := filepath.Join(dir, filepath.Base(program))
	if os.Link(program, target) == nil {
		return
	}
	// A process of its own does the writing: if we had the file open ourselves, a test that forks just now would pass that
	// on, and the program could not be executed.
	if out, err := exec.Command("cp", program, target).CombinedOutput(); err != nil {
		t.Fatalf("cannot copy %s: %v\n%s", program, err, out)
	}
}

// Build builds the project's binaries as another version and returns their directory.
func Build(t *testing.T, version string) string {
	t.Helper()
	return build(t, version)
}

// BuildChanged does the same with a text replaced in one of the project's files.
func BuildChanged(t *testing.T, version, file, before, after string) string {
	t.Helper()
	path := filepath.Join(Root(), file)
	source, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(source), before) {
		t.Fatalf("cannot find %q in %s (%v)", before, file, err)
	}
	changed := filepath.Join(t.TempDir(), filepath.Base(file))
	if err := os.WriteFile(changed, []byte(strings.Replace(string(source), before, after, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(t.TempDir(), "overlay.json") // see go help build
	if err := os.WriteFile(overlay, JSON(t, Object{"Replace": Object{path: changed}}), 0o600); err != nil {
		t.Fatal(err)
	}
	return build(t, version, "-overlay", overlay)
}

func build(t *testing.T, version string, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, tags := range []struct{ flags, programs []string }{
		{nil, []string{"./cmd/clockworkd", "./cmd/clockworkctl"}},
		{[]string{"-tags", "grpcnotrace"}, []string{"./cmd/clockwork-agent"}},
	} {
		args := []string{"build", "-trimpath", "-ldflags", "-s -w -X github.com/clockworkd/clockwork/internal/version.Version=" + version, "-o", dir + "/"}
		build := exec.Command(Program(t, "go"), slices.Concat(args, flags, tags.flags, tags.programs)...)
		build.Dir, build.Env = Root(), append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("cannot build version %s: %v\n%s", version, err, out)
		}
	}
	return dir
}

// Install puts the binaries of a directory in the place of those that the home has. What runs goes on as what it is.
func (h *Home) Install(t *testing.T, dir string) {
	t.Helper()
	for _, name := range programs {
		if err := os.Remove(h.path("bin", name)); err != nil {
			t.Fatal(err)
		}
		install(t, filepath.Join(dir, name), h.path("bin"))
	}
}

// Tool returns the path of a development tool: from .cache/tools, else from PATH.
func Tool(t *testing.T, name string) string {
	t.Helper()
	path := filepath.Join(Root(), ".cache", "tools", name)
	if _, err := os.Stat(path); err == nil {
		return path
	}
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, "needs %s: run make tools", name)
	}
	return path
}

// Program returns the path of a program of this machine.
func Program(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, "needs %s in PATH: install it", name)
	}
	return path
}

// UV returns the path of uv: from CLOCKWORK_TEST_UV, else from PATH.
func UV(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("CLOCKWORK_TEST_UV"); path != "" {
		return path
	}
	path, err := exec.LookPath("uv")
	if err != nil {
		Missing(t, `needs uv: run test/env up uv, then eval "$(test/env vars)"`)
	}
	return path
}
