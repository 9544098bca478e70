package local

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"

	"github.com/clockworkd/clockwork/test/program"
)

// ordinaryUser is nobody's id.
const ordinaryUser = 12321

// TestAsAnOrdinaryUser runs the tests of what is different for one.
func TestAsAnOrdinaryUser(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		return // this is what it is
	}
	dir, err := os.MkdirTemp("/home", "clockwork-") //nolint:usetesting // others may enter it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	for _, pkg := range []string{"cmd/clockwork-agent", "internal/runners/drivertest/program/binary", "internal/runners/local/escape"} {
		built, err := program.Build(t.TempDir(), pkg, runtime.GOOS, runtime.GOARCH, "grpcnotrace")
		if err != nil {
			t.Fatal(err)
		}
		copyProgram(t, built, filepath.Join(dir, filepath.Base(pkg)))
	}
	copyProgram(t, "/proc/self/exe", filepath.Join(dir, "test"))
	home := filepath.Join(dir, "home")
	if err := os.Mkdir(home, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, home} {
		if err := os.Chown(path, ordinaryUser, ordinaryUser); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), filepath.Join(dir, "test"), "-test.v", "-test.run", "Conformance|Escape|Tries|Trials|Check|User|Limit", "-test.skip", "/.*EndsWhatForksMeanwhile")
	cmd.Dir, cmd.Env = home, append(os.Environ(), program.Variable+"="+dir, "HOME="+home, "TMPDIR=/tmp")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: ordinaryUser, Gid: ordinaryUser}}
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	if err := cmd.Run(); err != nil {
		t.Errorf("as user %d: %v", ordinaryUser, err)
	}
}

func copyProgram(t *testing.T, from, to string) {
	t.Helper()
	source, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer source.Close()
	target, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o755) //nolint:gosec // others run it
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(target, source); err != nil {
		t.Fatal(err)
	}
	if err := target.Close(); err != nil {
		t.Fatal(err)
	}
}
