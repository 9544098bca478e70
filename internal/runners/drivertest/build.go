package drivertest

import (
	"os"
	"sync"
	"testing"

	"github.com/clockworkd/clockwork/test/program"
)

// Build returns the test program as a static binary for a platform. It builds each once per test process.
func Build(t *testing.T, goos, goarch string) []byte {
	t.Helper()
	once, _ := builds.LoadOrStore(goos+"/"+goarch, sync.OnceValues(func() ([]byte, error) { return build(goos, goarch) }))
	binary, err := once.(func() ([]byte, error))() //nolint:errcheck // it holds nothing else
	if err != nil {
		t.Fatal(err)
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
	out, err := program.Build(dir, "internal/runners/drivertest/program/binary", goos, goarch)
	if err != nil {
		return nil, err
	}
	return os.ReadFile(out)
}
