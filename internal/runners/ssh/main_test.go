package ssh

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/clockworkd/clockwork/internal/agent/binaries"
)

func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		if binDir != "" {
			_ = os.RemoveAll(binDir)
		}
		os.Exit(code) //nolint:forbidigo // this is main
	}))
}

// binDir is where the agent was built, if it was.
var binDir string

// buildAgents builds the real agent for this machine, once for all tests.
var buildAgents = sync.OnceValues(func() (*binaries.Set, error) {
	dir, err := os.MkdirTemp("", "ssh-")
	if err != nil {
		return nil, err
	}
	binDir = dir
	cmd := exec.Command("go", "build", "-tags", "grpcnotrace", "-trimpath", "-ldflags", "-s -w",
		"-o", filepath.Join(dir, "clockwork-agent"), "github.com/clockworkd/clockwork/cmd/clockwork-agent")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("cannot build the agent: %w: %s", err, output)
	}
	return binaries.In(dir), nil
})
