package local

import (
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/internal/agent"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
	"github.com/clockworkd/clockwork/test/program"
)

// outside is what there is on the machine besides a sandbox, as command escape takes it.
type outside struct {
	File, Dir, Socket, Abstract, TCP, Agent string
	Daemon                                  int
}

// newOutside makes files that belong to the daemon's user, and services.
func newOutside(t *testing.T, h *host) outside {
	t.Helper()
	dir := newOutsideDir(t)
	o := outside{
		Dir: dir, File: filepath.Join(dir, "file"), Socket: filepath.Join(dir, "socket"), Abstract: filepath.Base(h.dir), Daemon: os.Getpid(),
	}
	if err := os.WriteFile(o.File, []byte("content"), 0o600); err != nil {
		t.Fatal(err)
	}
	o.TCP = listen(t, "tcp", "127.0.0.1:0")
	listen(t, "unix", o.Socket)
	listen(t, "unix", "@"+o.Abstract)
	return o
}

// newOutsideDir makes a directory that steps see, where they may: in the user's home.
func newOutsideDir(t *testing.T) string {
	t.Helper()
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := os.MkdirTemp(home, "outside-") //nolint:usetesting // that of a test is in /tmp, which is the sandbox's own
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	return dir
}

func listen(t *testing.T, network, address string) string {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}

// tryEscapes runs command escape in a sandbox, and returns what it says by what it tried.
func tryEscapes(t *testing.T, h *host, change func(*Options)) map[string]string {
	t.Helper()
	target := newOutside(t, h)
	o := h.options("daemon")
	change(&o)
	d := h.newDriver(t, o)
	defer d.Close()
	sandbox := createSandbox(t, h, d)
	path, err := program.Build(t.TempDir(), "internal/runners/local/escape", runtime.GOOS, runtime.GOARCH)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := sandbox.Agent.WriteFiles(t.Context(), slices.Values([]agent.File{{Path: "escape", Mode: 0o755, Content: content}})); err != nil {
		t.Fatal(err)
	}
	target.Agent = d.layout.socket(sandbox.ID)
	argument, err := json.Marshal(target)
	if err != nil {
		t.Fatal(err)
	}
	var said collect
	exit, err := sandbox.Agent.Run(t.Context(), &agentv1.Start{ProcessId: "escape", Argv: []string{"./escape", string(argument)}}, &said)
	if err != nil || exit.GetExitCode() != 0 {
		t.Fatalf("escape ended as %v, %v: %s", exit, err, said.text.String())
	}
	outcomes := map[string]string{}
	for line := range strings.Lines(said.text.String()) {
		name, outcome, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		outcomes[name] = outcome
	}
	return outcomes
}

func TestNothingEscapes(t *testing.T) {
	t.Parallel()
	tries := tryEscapes(t, newHost(t), deny)
	if len(tries) == 0 {
		t.Error("nothing was tried")
	}
	for name, outcome := range tries {
		if outcome == "ESCAPED" {
			t.Errorf("a step can %s", name)
		}
	}
}

// TestTriesAreReal has the same tries succeed where nothing is denied.
func TestTriesAreReal(t *testing.T) {
	t.Parallel()
	tries := tryEscapes(t, newHost(t), func(*Options) {})
	for _, name := range []string{
		"create a file", "write to a file", "truncate a file", "change a mode", "change times", "rename a file", "take a file away",
		"write through a link", "write through a hard link", "signal the agent", "stop the agent", "signal the daemon", "see the daemon",
		"lose the tag", "limit the agent", "gain privileges", "type into a terminal", "call io_uring_setup",
		"connect over TCP", "connect to a socket", "connect to an abstract socket", "connect to the agent",
	} {
		if tries[name] != "ESCAPED" {
			t.Errorf("%s: %q, want that it succeeds", name, tries[name])
		}
	}
}
