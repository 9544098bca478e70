package agent_test

import (
	"os"
	"runtime"
	"sync"
	"testing"

	"github.com/clockworkd/clockwork/test/program"
)

var built struct {
	once sync.Once
	dir  string
	path string
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
		built.path, built.err = program.Build(built.dir, "cmd/clockwork-agent", runtime.GOOS, runtime.GOARCH, "grpcnotrace")
	})
	if built.err != nil {
		tb.Fatal(built.err)
	}
	return built.path
}
