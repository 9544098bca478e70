package harness

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
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

// binaries returns the paths of the project's own binaries: from CLOCKWORK_TEST_BIN, else from bin.
func binaries(t *testing.T) []string {
	t.Helper()
	dir := os.Getenv("CLOCKWORK_TEST_BIN")
	if dir == "" {
		dir = filepath.Join(Root(), "bin")
	}
	var paths []string
	for _, name := range []string{"clockworkd", "clockworkctl", "clockwork-agent"} {
		path := filepath.Join(dir, name)
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
	dir := t.TempDir()
	for _, tags := range []struct{ flags, programs []string }{
		{nil, []string{"./cmd/clockworkd", "./cmd/clockworkctl"}},
		{[]string{"-tags", "grpcnotrace"}, []string{"./cmd/clockwork-agent"}},
	} {
		args := []string{"build", "-trimpath", "-ldflags", "-s -w -X github.com/clockworkd/clockwork/internal/version.Version=" + version, "-o", dir + "/"}
		build := exec.Command(Program(t, "go"), slices.Concat(args, tags.flags, tags.programs)...)
		build.Dir, build.Env = Root(), append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
		if out, err := build.CombinedOutput(); err != nil {
			t.Fatalf("cannot build version %s: %v\n%s", version, err, out)
		}
	}
	return dir
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
