package local

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	if len(os.Args) == 5 && os.Args[1] == playDaemonArg {
		if err := playDaemon(os.Args[2], os.Args[3], os.Args[4]); err != nil {
			fmt.Fprintln(os.Stderr, err)
		}
		return
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
	path := filepath.Join(dir, "clockwork-agent")
	cmd := exec.Command("go", "build", "-tags", "grpcnotrace", "-o", path, "github.com/clockworkd/clockwork/cmd/clockwork-agent")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("cannot build the agent: %w: %s", err, output)
	}
	return path, nil
})
