package main

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// asDaemon makes the test binary the daemon.
const asDaemon = "CLOCKWORKD_TEST_AS_DAEMON"

// patience bounds what takes no time at all on a machine that is not overloaded.
const patience = time.Minute

func TestMain(m *testing.M) {
	if os.Getenv(asDaemon) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// home is a place for daemons: a program with an agent beside it, and short paths for sockets.
type home struct {
	dir, program string
}

func newHome(t *testing.T) home {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "cwd") //nolint:usetesting // t.TempDir's path may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	h := home{dir: dir, program: filepath.Join(dir, "bin", "clockworkd")}
	h.write(t, "bin/clockwork-agent", "#!/bin/sh\nexit 1\n", 0o755)
	content, err := os.ReadFile(self)
	if err != nil {
		t.Fatal(err)
	}
	h.write(t, "bin/clockworkd", string(content), 0o755)
	return h
}

func (h home) path(name string) string { return filepath.Join(h.dir, name) }

func (h home) write(t *testing.T, name, content string, mode os.FileMode) string {
	t.Helper()
	path := h.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), mode); err != nil {
		t.Fatal(err)
	}
	return path
}

// config writes a configuration for a daemon that keeps no sandbox warm.
func (h home) config(t *testing.T, more string) string {
	t.Helper()
	return h.write(t, "c.yaml", "listen: [unix://"+h.path("d.sock")+"]\nstate_dir: "+h.path("state")+"\nruntime_dir: "+h.path("run")+
		"\nrunners: [{name: local, type: local, pool: {warm: 0}}]\n"+more, 0o600)
}

// process is a daemon that was started.
type process struct {
	cmd    *exec.Cmd
	stderr *buffer
	done   chan struct{}
}

// start runs the daemon; it is killed at the end of the test if it still runs.
func (h home) start(t *testing.T, args ...string) *process {
	t.Helper()
	p := &process{cmd: exec.Command(h.program, args...), stderr: &buffer{}, done: make(chan struct{})}
	p.cmd.Env = []string{asDaemon + "=1", "HOME=" + h.dir, "XDG_RUNTIME_DIR=" + h.dir}
	p.cmd.Stderr = p.stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(p.done)
		_ = p.cmd.Wait() // the code is in ProcessState
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // it may have ended
		<-p.done
		if t.Failed() {
			t.Logf("%q wrote:\n%s", args, p.stderr)
		}
	})
	return p
}

// await waits until the daemon has written something.
func (p *process) await(t *testing.T, text string) {
	t.Helper()
	deadline := time.After(patience)
	for !bytes.Contains([]byte(p.stderr.String()), []byte(text)) {
		select {
		case <-time.After(5 * time.Millisecond):
		case <-deadline:
			t.Fatalf("it has not written %q", text)
		}
	}
}

func (p *process) signal(t *testing.T, signal os.Signal) {
	t.Helper()
	if err := p.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
}

// wait returns the exit code.
func (p *process) wait(t *testing.T) int {
	t.Helper()
	select {
	case <-p.done:
		return p.cmd.ProcessState.ExitCode()
	case <-time.After(patience):
		p.signal(t, syscall.SIGQUIT)
		t.Fatal("it has not ended")
		return 0
	}
}

// buffer is a bytes.Buffer for several goroutines.
type buffer struct {
	mu    sync.Mutex
	bytes bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.bytes.String()
}
