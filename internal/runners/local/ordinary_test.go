package local

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
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
	asOrdinaryUser(t, ordinaryUser, false, "-test.run", "Conformance|Escape|Tries|Trials|Check|User|Limit", "-test.skip", "/.*EndsWhatForksMeanwhile")
}

// TestWithoutUserNamespaces runs the tests of what an ordinary user cannot do without where he may make none, as on some distributions.
func TestWithoutUserNamespaces(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		return // to forbid them takes root
	}
	asOrdinaryUser(t, ordinaryUser+1, true, "-test.run", "ConformanceConfined/(Denies|Check|Describe)|TestStepsWithoutNamespaces")
}

// TestStepsWithoutNamespaces is for TestWithoutUserNamespaces.
func TestStepsWithoutNamespaces(t *testing.T) {
	t.Parallel()
	if os.Getenv(forbidNamespacesArg) == "" {
		return
	}
	h := newHost(t)
	o := h.options("daemon")
	deny(&o)
	d := h.newDriver(t, o)
	defer d.Close()
	c, err := d.confinement(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if c.birth.user || c.birth.processes || c.plan.NoProcesses == "" || !strings.Contains(c.plan.Remedy, "max_user_namespaces") {
		t.Errorf("it found %+v with the plan %+v, want no namespaces, and what to do about it", c.birth, c.plan)
	}
}

// forbidNamespacesArg has the test binary forbid all who come after it to make user namespaces, and go on as an ordinary user with the arguments
// that follow. It is root in a user namespace. It is also the variable that tells them.
const forbidNamespacesArg = "FORBID_NAMESPACES"

func forbidNamespaces(args []string) error {
	if err := os.WriteFile("/proc/sys/user/max_user_namespaces", []byte("0"), 0); err != nil {
		return err
	}
	if err := errors.Join(syscall.Setgroups(nil), syscall.Setgid(ordinaryUser), syscall.Setuid(ordinaryUser)); err != nil {
		return err
	}
	return syscall.Exec(args[0], args, append(os.Environ(), forbidNamespacesArg+"=1"))
}

// asOrdinaryUser runs tests of this package, with programs where an ordinary user finds them. One who may make no user namespaces believes to be
// ordinaryUser.
func asOrdinaryUser(t *testing.T, uid int, forbid bool, args ...string) {
	t.Helper()
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
		if err := os.Chown(path, uid, uid); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	binary := filepath.Join(dir, "test")
	cmd := exec.CommandContext(t.Context(), binary, append([]string{"-test.v"}, args...)...)
	cmd.Dir, cmd.Env = home, append(os.Environ(), program.Variable+"="+dir, "HOME="+home, "TMPDIR=/tmp")
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(uid)}}
	if forbid {
		ids := []syscall.SysProcIDMap{{Size: 1}, {ContainerID: ordinaryUser, HostID: uid, Size: 1}}
		cmd.Args = slices.Concat([]string{binary, forbidNamespacesArg}, cmd.Args)
		cmd.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags: syscall.CLONE_NEWUSER, UidMappings: ids, GidMappings: ids, GidMappingsEnableSetgroups: true,
		}
	}
	cmd.Stdout, cmd.Stderr = t.Output(), t.Output()
	if err := cmd.Run(); err != nil {
		t.Errorf("as user %d: %v", uid, err)
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
