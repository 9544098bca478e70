package drivertest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// Build returns the test program as a static binary for a platform. It builds each once per test process.
func Build(t *testing.T, goos, goarch string) []byte {
	t.Helper()
	once, _ := builds.LoadOrStore(goos+"/"+goarch, sync.OnceValues(func() ([]byte, error) { return build(goos, goarch) }))
	binary, err := once.(func() ([]byte, error))() //nolint:errcheck // it holds nothing else
	if err != nil {
		t.Fatalf("cannot build the test program: %v", err)
	}
	return binary
}

// builds are the builds by platform. They are kept for the life of the process, which is that of the tests of one package.
var builds sync.Map

func build(goos, goarch string) ([]byte, error) {
	dir, err := os.MkdirTemp("", "drivertest-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "program")
	cmd := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", out,
		"github.com/clockworkd/clockwork/internal/runners/drivertest/program/binary")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch)
	if output, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%v: %s", err, output)
	}
	return os.ReadFile(out)
}
