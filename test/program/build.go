// Package program gives tests the project's own programs, built for the platform that they are to run on.
//
// It refuses to know what they are for.
package program

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"runtime"
)

// Variable names the environment variable with the directory of programs that were built for this machine elsewhere, each named after
// the last element of its package. A machine without Go, as that of test/guest, gets them so.
const Variable = "CLOCKWORK_TEST_PROGRAMS"

const module = "github.com/clockworkd/clockwork/"

// Build makes a static binary of a package, whose path is relative to the module, for a platform, and returns the binary's path: in
// dir, or where Variable says that there is one.
func Build(dir, pkg, goos, goarch string, tags ...string) (string, error) {
	if prebuilt := os.Getenv(Variable); prebuilt != "" && goos == runtime.GOOS && goarch == runtime.GOARCH {
		return filepath.Join(prebuilt, path.Base(pkg)), nil
	}
	out := filepath.Join(dir, path.Base(pkg))
	args := []string{"build", "-trimpath", "-ldflags=-s -w", "-o", out}
	for _, tag := range tags {
		args = append(args, "-tags", tag)
	}
	cmd := exec.Command("go", append(args, module+pkg)...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+goos, "GOARCH="+goarch)
	if output, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("cannot build %s for %s/%s: %w: %s", pkg, goos, goarch, err, output)
	}
	return out, nil
}
