package agent_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

var built struct {
	once sync.Once
	dir  string
	err  error
}

// binary builds the agent as it is shipped, once.
func binary(tb testing.TB) string {
	tb.Helper()
	built.once.Do(func() {
		if built.dir, built.err = os.MkdirTemp("", "cw-bin-"); built.err != nil { //nolint:usetesting // it is for all tests
			return
		}
		if built.err = os.Chmod(built.dir, 0o755); built.err != nil { // for an agent of another user
			return
		}
		cmd := exec.Command("go", "build", "-tags", "grpcnotrace", "-trimpath", "-ldflags", "-s -w",
			"-o", built.dir+"/clockwork-agent", "github.com/clockworkd/clockwork/cmd/clockwork-agent")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
		cmd.Stderr = os.Stderr
		built.err = cmd.Run()
	})
	if built.err != nil {
		tb.Fatalf("cannot build the agent: %v", built.err)
	}
	return filepath.Join(built.dir, "clockwork-agent")
}
