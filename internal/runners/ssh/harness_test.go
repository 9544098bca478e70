package ssh

import (
	"context"
	"encoding/json"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zaptest"

	"github.com/clockworkd/clockwork/internal/agent/tree"
	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/drivertest"
	"github.com/clockworkd/clockwork/internal/runners/ssh/login"
	"github.com/clockworkd/clockwork/internal/runners/ssh/trust"
	"github.com/clockworkd/clockwork/test/relay"
	"github.com/clockworkd/clockwork/test/sshhosts"
)

// site is a user on a server, behind a line of the test's own, with a work directory of the test's own.
type site struct {
	hosts        *sshhosts.Hosts
	server, user string
	line         *relay.Relay
	knownHosts   string
	workDir      string // below the user's home

	mu  sync.Mutex
	ids map[string]struct{}
}

func newSite(tb testing.TB, server, login string) *site {
	tb.Helper()
	hosts := sshhosts.Load(tb)
	line, err := relay.New(hosts.Servers[server].Address())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = line.Close() })
	s := &site{hosts: hosts, server: server, user: login, line: line, ids: make(map[string]struct{})}
	s.knownHosts = hosts.KnownHosts(tb, server, line.Addr())
	s.workDir = strings.ReplaceAll(newMark(), "clockwork-", "w")[:9]
	tb.Cleanup(func() {
		if err := os.RemoveAll(s.path()); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// seed puts the agent where an upload would. Under the race detector that takes seconds; those who test the upload itself do without.
func (s *site) seed(tb testing.TB) {
	tb.Helper()
	agents, err := buildAgents()
	if err != nil {
		tb.Fatal(err)
	}
	agent, err := agents.Host()
	if err != nil {
		tb.Fatal(err)
	}
	content, err := os.ReadFile(agent.Path)
	if err != nil {
		tb.Fatal(err)
	}
	owner, err := user.Lookup(s.hosts.User(s.user))
	if err != nil {
		tb.Fatal(err)
	}
	uid, _ := strconv.Atoi(owner.Uid)
	gid, _ := strconv.Atoi(owner.Gid)
	program := s.path("agents", "clockwork-agent-"+agent.Digest[:16])
	if err := os.MkdirAll(filepath.Dir(program), 0o700); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(program, content, 0o700); err != nil { //nolint:gosec // it is run
		tb.Fatal(err)
	}
	for _, path := range []string{s.path(), s.path("agents"), program} {
		if err := os.Chown(path, uid, gid); err != nil {
			tb.Fatal(err)
		}
	}
}

// id makes an id of a word that no other test's processes are found by.
func (s *site) id(word string) string {
	id := s.workDir + "-" + word
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ids[id] = struct{}{}
	return id
}

// path is the work directory as this machine sees it.
func (s *site) path(names ...string) string {
	return filepath.Join(append([]string{s.hosts.Home(s.user), s.workDir}, names...)...)
}

// options are those of a daemon's runner.
func (s *site) options(tb testing.TB, daemon string) Options {
	tb.Helper()
	agents, err := buildAgents()
	if err != nil {
		tb.Fatal(err)
	}
	log := zaptest.NewLogger(tb, zaptest.Level(zap.InfoLevel))
	return Options{
		RunnerName: "ssh", DaemonID: daemon, Secret: []byte("0123456789abcdef"), Agents: agents, Log: log,
		Host: "host.test",
		Way: Way{{
			Address: s.line.Addr(), User: s.hosts.User(s.user),
			Credentials: login.Credentials{Keys: []login.Key{{Path: s.hosts.File("id")}}},
			Keys:        trust.Keys{Files: []string{s.knownHosts}, Mode: trust.Strict, Log: log},
		}},
		ConnectTimeout: 20 * time.Second, KeepaliveInterval: 2 * time.Second, KeepaliveTimeout: 5 * time.Second, MaxConnections: 4,
		WorkDir: s.workDir, CleanupOnExit: true,
	}
}

func (s *site) newDriver(tb testing.TB, o Options) *Driver {
	tb.Helper()
	d, err := New(o)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// recorder remembers which sandboxes were ever created.
type recorder struct {
	*Driver
	site *site
}

// Create remembers the id.
func (r recorder) Create(ctx context.Context, spec runners.Spec) (*runners.Sandbox, error) {
	r.site.mu.Lock()
	r.site.ids[spec.ID] = struct{}{}
	r.site.mu.Unlock()
	return r.Driver.Create(ctx, spec)
}

// kill kills an agent of the first daemon, and nothing but it.
func (s *site) kill(t *testing.T, id string) {
	t.Helper()
	content, err := os.ReadFile(s.path("sandboxes", s.options(t, "daemon").owner(), id, "sandbox.json"))
	if err != nil {
		t.Fatal(err)
	}
	var record struct{ Agent int }
	if err := json.Unmarshal(content, &record); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(record.Agent, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	await(t, "the agent's end", func() bool {
		stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(record.Agent), "stat"))
		return err != nil || strings.Contains(string(stat), ") Z ")
	})
}

// leftovers looks at directories and processes.
func (s *site) leftovers(t *testing.T) []string {
	t.Helper()
	var left []string
	for _, pattern := range []string{"sandboxes/*/*", "run/*", "kept/*", "agents/.upload-*", "agents/.probe-*"} {
		found, err := filepath.Glob(s.path(pattern))
		if err != nil {
			t.Fatal(err)
		}
		left = append(left, found...)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for id := range s.ids {
		n, err := tree.Sandbox(id).Count()
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			left = append(left, "processes of "+id)
		}
	}
	return slices.Clip(left)
}

// await polls until something is so.
func await(tb testing.TB, what string, so func() bool) {
	tb.Helper()
	for deadline := time.Now().Add(time.Minute); !so(); {
		if time.Now().After(deadline) {
			tb.Fatalf("waited too long for %s", what)
		}
		<-time.After(5 * time.Millisecond)
	}
}

func conformance(t *testing.T, server, login string) {
	t.Helper()
	drivertest.Run(t, func(t *testing.T) drivertest.Harness {
		t.Helper()
		s := newSite(t, server, login)
		s.seed(t)
		return drivertest.Harness{
			Driver: func(t *testing.T, daemon string) runners.Driver {
				t.Helper()
				return recorder{s.newDriver(t, s.options(t, daemon)), s}
			},
			Program:   drivertest.Build(t, runtime.GOOS, runtime.GOARCH),
			Cut:       func(*testing.T, string) { s.line.Reset() },
			Kill:      s.kill,
			Leftovers: s.leftovers,
		}
	})
}

func TestConformance(t *testing.T) {
	t.Parallel()
	conformance(t, "main", "plain")
}
