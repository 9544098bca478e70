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
	dir, err := os.MkdirTemp("", "local-") //nolint:usetesting // all tests share it
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
