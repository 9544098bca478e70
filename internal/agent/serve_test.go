package agent_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/agent/streamconn"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// smallDisk is a run directory with room for 2 MiB.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "cw-disk-") //nolint:usetesting // its name is too long for a socket's address
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Remove(dir) })
	if err := unix.Mount("none", dir, "tmpfs", 0, "size=2m,mode=0700"); err != nil {
		t.Fatalf("cannot mount a small file system: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}

func TestBinaryIsSmallAndStatic(t *testing.T) {
	t.Parallel()
	info, err := os.Stat(binary(t))
	if err != nil || info.Size() > 9<<20 {
		t.Errorf("the binary has %d bytes, %v; want 9 MiB at most", info.Size(), err)
	}
	if out, err := exec.Command("readelf", "-lW", binary(t)).CombinedOutput(); err == nil && bytes.Contains(out, []byte("INTERP")) {
		t.Errorf("the binary is not static:\n%s", out)
	}
}

// resident returns a process's resident memory in bytes, without what it shares by writing.
func resident(t *testing.T, pid int) (bytes uint64) {
	t.Helper()
	content, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(content), "\n") {
		if name, value, _ := strings.Cut(line, ":"); name == "RssAnon" || name == "RssFile" {
			kib, err := strconv.ParseUint(strings.Fields(value)[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			bytes += kib << 10
		}
	}
	return bytes
}

func TestMemory(t *testing.T) {
	t.Parallel()
	s := start(t, binary(t))
	client := s.connect(t)
	for i := range 20 {
		run(t, client, sh("p"+strconv.Itoa(i), "echo hello")).exit.Forget()
	}
	idle := resident(t, s.cmd.Process.Pid)
	for begin := time.Now(); idle > 10<<20 && time.Since(begin) < patience; { // it gives memory back when it has been idle for a while
		idle = resident(t, s.cmd.Process.Pid)
	}
	t.Logf("idle: %d KiB", idle>>10)
	if idle > 10<<20 {
		t.Errorf("the idle agent takes %d bytes, want 10 MiB at most", idle)
	}
	exit, err := client.Run(within(t), sh("much", "head -c 1073741824 /dev/zero"), discard{})
	if err != nil || exit.GetStdoutBytes() != 1<<30 {
		t.Fatal(exit, err)
	}
	busy := resident(t, s.cmd.Process.Pid)
	t.Logf("after 1 GiB: %d KiB", busy>>10)
	if busy > idle+32<<20 {
		t.Errorf("1 GiB of output lets the agent grow from %d to %d bytes, want 32 MiB at most", idle, busy)
	}
}

func TestSocketIsPrivate(t *testing.T) {
	t.Parallel()
	s := start(t)
	for path, want := range map[string]os.FileMode{s.launch.RunDir: 0o700, s.ready.Socket: 0o600} {
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, %v; want %v", path, info.Mode(), err, want)
		}
	}
	if s.ready.Socket != filepath.Join(s.launch.RunDir, "agent.sock") {
		t.Errorf("the socket is %s", s.ready.Socket)
	}
}

func TestBadLaunchesAreRefused(t *testing.T) {
	t.Parallel()
	open := t.TempDir()
	if err := os.Chmod(open, 0o755); err != nil {
		t.Fatal(err)
	}
	good := func() agent.Launch {
		dir := t.TempDir()
		return agent.Launch{ID: "id", Token: "token", RunDir: dir + "/run", Workspace: dir + "/workspace"}
	}
	for want, change := range map[string]func(*agent.Launch){
		"without the sandbox's id":  func(l *agent.Launch) { l.ID = "" },
		"without a token":           func(l *agent.Launch) { l.Token = "" },
		"workspace":                 func(l *agent.Launch) { l.Workspace = "relative" },
		"others may enter it":       func(l *agent.Launch) { l.RunDir = open },
		"more than 90 bytes":        func(l *agent.Launch) { l.RunDir = "/" + strings.Repeat("x", 100) },
		"environment variable's na": func(l *agent.Launch) { l.Env = map[string]string{"": ""} },
	} {
		launch := good()
		launch.RunDir = filepath.Join("/tmp", filepath.Base(filepath.Dir(launch.RunDir))+"-"+strconv.Itoa(os.Getpid()))
		change(&launch)
		text, err := json.Marshal(launch)
		if err != nil {
			t.Fatal(err)
		}
		refused(t, string(text), want)
	}
	refused(t, `{"id": "x", "tokken": "y"}`, "tokken")
	refused(t, ``, "cannot read the launch")
}

func refused(t *testing.T, launch, want string) {
	t.Helper()
	cmd := exec.Command(binary(t), "serve")
	cmd.Stdin = strings.NewReader(launch)
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), want) {
		t.Errorf("launch %s: %v, %q; want %q", launch, err, out, want)
	}
}

// TestBridge runs a step through the standard input and output of connect.
func TestBridge(t *testing.T) {
	t.Parallel()
	s := start(t)
	client := connect(t, func(context.Context) (net.Conn, error) { return bridged(t, s.ready.Socket) }, s.launch.Token)
	got := run(t, client, &agentv1.Start{ProcessId: "p", Argv: []string{"/usr/bin/seq", "1", "200000"}})
	if got.stdout.Len() != 1288895 || got.exit.GetExitCode() != 0 {
		t.Errorf("%d bytes, %v", got.stdout.Len(), got.exit.Exited)
	}
}

func TestBridgeEndsWithItsInput(t *testing.T) {
	t.Parallel()
	s := start(t)
	cmd := exec.Command(self(t)[0], "connect", s.ready.Socket)
	cmd.Stdin = strings.NewReader("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
	out, err := cmd.Output()
	if err != nil || len(out) == 0 {
		t.Errorf("the bridge said %q, %v", out, err)
	}
	cmd = exec.Command(self(t)[0], "connect", s.ready.Socket+"x")
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "cannot reach the agent") {
		t.Errorf("the bridge said %q, %v", out, err)
	}
}

// bridged starts a bridge, and makes a connection of its input and output.
func bridged(t *testing.T, socket string) (net.Conn, error) {
	t.Helper()
	cmd := exec.Command(self(t)[0], "connect", socket)
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return streamconn.New("the bridge", out, in, func() error {
		_ = in.Close() // it ends the bridge
		return cmd.Wait()
	}), nil
}
