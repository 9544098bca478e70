package diagnosis

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"google.golang.org/protobuf/proto"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

const (
	ok      = clockworkv1.FindingState_FINDING_STATE_OK
	warning = clockworkv1.FindingState_FINDING_STATE_WARNING
	problem = clockworkv1.FindingState_FINDING_STATE_PROBLEM
)

// wants fails unless a finding has a state and its detail contains a text. What is not OK has a remedy, and only that.
func wants(t *testing.T, finding *clockworkv1.DaemonFinding, state clockworkv1.FindingState, detail string) {
	t.Helper()
	if finding.GetState() != state || !strings.Contains(finding.GetDetail(), detail) || (finding.GetRemedy() == "") != (state == ok) {
		t.Errorf("got %v, want the state %s, a detail with %q, and a remedy if it is not OK", finding, state, detail)
	}
}

func TestDirectory(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	look := func(path string) *clockworkv1.DaemonFinding { return Directory("d", "state_dir", path) }
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wants(t, look(file), problem, "is not a directory")
	wants(t, look(filepath.Join(dir, "missing")), problem, "no such file")
	for mode, want := range map[os.FileMode]clockworkv1.FindingState{0o700: ok, 0o750: ok, 0o777: warning} {
		if err := os.Chmod(dir, mode); err != nil {
			t.Fatal(err)
		}
		wants(t, look(dir), want, dir)
	}
	wants(t, look("/proc/sys"), problem, "cannot be used") // root cannot write there either
}

func TestDisk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	wants(t, Disk("d", dir, 0), ok, "are free on the disk of "+dir)
	wants(t, Disk("d", dir, 1<<62), warning, "are free")
	wants(t, Disk("d", filepath.Join(dir, "missing"), 0), problem, "no such file")
}

func TestSize(t *testing.T) {
	t.Parallel()
	for bytes, want := range map[uint64]string{
		0: "0 bytes", 1023: "1023 bytes", 1024: "1 KiB", 8 << 20: "8 MiB", 1 << 30: "1 GiB", 1023 << 20: "0.999 GiB", 120 << 30: "120 GiB",
		3 << 39: "1.5 TiB", 1<<64 - 1: "16 EiB",
	} {
		if got := Size(bytes); got != want {
			t.Errorf("%d is %q, want %q", bytes, got, want)
		}
	}
}

func TestOpenFiles(t *testing.T) {
	t.Parallel()
	wants(t, OpenFiles("f", ""), ok, "at most")
	wants(t, OpenFiles("f", "fewer sandboxes"), warning, "fewer sandboxes")
}

func TestService(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ cgroup, invocation, want string }{
		"unit":                {"0::/system.slice/clockworkd.service\n", "4711", "systemd runs it as clockworkd.service"},
		"subgroup":            {"0::/system.slice/clockworkd.service/daemon\n", "4711", "systemd runs it as clockworkd.service"},
		"version 1":           {"4:memory:/user.slice\n1:name=systemd:/system.slice/clockworkd.service\n0::/\n", "4711", "clockworkd.service"},
		"started by a unit's": {"0::/system.slice/cron.service\n", "", "nothing starts it again"},
		"session":             {"0::/user.slice/user-1000.slice/session-3.scope\n", "", "session-3.scope"},
		"container":           {"0::/\n", "", "nothing starts it again"},
		"unknown":             {"", "", "nothing starts it again"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			wants(t, Service("s", c.cgroup, c.invocation), ok, c.want)
		})
	}
}

func TestConstructors(t *testing.T) {
	t.Parallel()
	want := &clockworkv1.DaemonFinding{Name: "n", State: problem, Detail: "d", Remedy: "r"}
	if got := Problem("n", "d", "r"); !proto.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
