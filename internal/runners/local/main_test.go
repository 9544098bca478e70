package local

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/clockworkd/clockwork/test/program"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 5 && os.Args[1] == playDaemonArg {
		if err := playDaemon(os.Args[2], os.Args[3], os.Args[4]); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		return
	}
	if len(os.Args) > 2 && os.Args[1] == forbidNamespacesArg {
		fmt.Fprintln(os.Stderr, forbidNamespaces(os.Args[2:])) // it returns an error alone
		os.Exit(1)                                             //nolint:forbidigo // this is main
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if binDir != "" {
			_ = os.RemoveAll(binDir)
		}
		os.Exit(code) //nolint:forbidigo // this is main
	}))
}

// binDir is where the agent was built, if it was.
var binDir string

// buildAgent builds the real agent, once for all tests.
var buildAgent = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "local-")
	if err != nil {
		return "", err
	}
	binDir = dir
	return program.Build(dir, "cmd/clockwork-agent", runtime.GOOS, runtime.GOARCH, "grpcnotrace")
})
