package agent_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/agent/bridge"
	"github.com/clockworkd/clockwork/internal/agent/serve"
	"github.com/clockworkd/clockwork/internal/agent/tree"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// TestMain lets the test binary be the agent, so that the race detector sees it, too.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		exit(serve.Run(os.Stdin, os.Stdout))
	}
	if len(os.Args) > 2 && os.Args[1] == "connect" {
		exit(bridge.Run(os.Args[2], os.Stdin, os.Stdout))
	}
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(built.dir)
		os.Exit(code) //nolint:forbidigo // it is main here
	}))
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1) //nolint:forbidigo // it is main here
	}
	os.Exit(0) //nolint:forbidigo // it is main here
}

// patience is how long a test waits for what should take milliseconds.
const patience = time.Minute

func within(tb testing.TB) context.Context {
	tb.Helper()
	ctx, cancel := context.WithTimeout(tb.Context(), patience)
	tb.Cleanup(cancel)
	return ctx
}

// sandbox is an agent in a process of its own, with directories of its own.
type sandbox struct {
	launch agent.Launch
	ready  agent.Ready
	cmd    *exec.Cmd
	exited chan struct{}
}

// self is the test binary as an agent; under it a wrapper like nohup may be put.
func self(tb testing.TB) []string {
	tb.Helper()
	path, err := os.Executable()
	if err != nil {
		tb.Fatal(err)
	}
	return []string{path}
}

// start starts an agent by a command, to which "serve" is added. At the end of the test nothing of the sandbox is left.
func start(tb testing.TB, command ...string) *sandbox {
	tb.Helper()
	s := prepare(tb)
	s.serve(tb, command)
	return s
}

// prepare makes directories for a sandbox.
func prepare(tb testing.TB) *sandbox {
	tb.Helper()
	dir, err := os.MkdirTemp("", "cw-") //nolint:usetesting // its name is too long for a socket's address
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o777); err != nil { // for an agent of another user
		tb.Fatal(err)
	}
	return &sandbox{
		launch: agent.Launch{
			ID:        filepath.Base(dir),
			Token:     rand.Text(),
			RunDir:    dir + "/run",
			Workspace: dir + "/workspace",
			Home:      dir + "/home",
			Env:       map[string]string{"GIVEN": "by the launch"},
		},
		exited: make(chan struct{}),
	}
}

func (s *sandbox) serve(tb testing.TB, command []string) {
	tb.Helper()
	if len(command) == 0 {
		command = self(tb)
	}
	launch, err := json.Marshal(s.launch)
	if err != nil {
		tb.Fatal(err)
	}
	var out bytes.Buffer
	s.cmd = exec.Command(command[0], append(command[1:], "serve")...)
	s.cmd.Stdin = bytes.NewReader(launch)
	s.cmd.Stderr = os.Stderr
	s.cmd.Env = append(os.Environ(), "SECRET=of the daemon")
	stdout, err := s.cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	if _, err := out.ReadFrom(stdout); err != nil {
		tb.Fatal(err)
	}
	go func() {
		defer close(s.exited)
		_ = s.cmd.Wait()
	}()
	tb.Cleanup(func() {
		if _, err := tree.KillTagged(context.Background(), s.launch.ID); err != nil {
			tb.Error(err)
		}
		<-s.exited
	})
	if err := json.Unmarshal(out.Bytes(), &s.ready); err != nil {
		tb.Fatalf("the agent said %q: %v", out.Bytes(), err)
	}
}

// dial is the agent's Dialer.
func (s *sandbox) dial(ctx context.Context) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", s.ready.Socket)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", agent.ErrGone, err)
	}
	return conn, nil
}

func (s *sandbox) connect(tb testing.TB) *agent.Client {
	tb.Helper()
	return connect(tb, s.dial, s.launch.Token)
}

func connect(tb testing.TB, dial agent.Dialer, token string) *agent.Client {
	tb.Helper()
	client, err := agent.Connect(within(tb), dial, token)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = client.Close() })
	return client
}

// record is a Sink that keeps everything.
type record struct {
	mu      sync.Mutex
	started []*agentv1.Started
	stdout  bytes.Buffer
	stderr  bytes.Buffer
	changed chan struct{}
}

func newRecord() *record { return &record{changed: make(chan struct{}, 1)} }

func (r *record) Started(started *agentv1.Started) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.started = append(r.started, started)
	r.tell()
	return nil
}

func (r *record) Output(output *agentv1.Output) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if output.GetStream() == agentv1.Stream_STREAM_STDOUT {
		r.stdout.Write(output.GetData())
	} else {
		r.stderr.Write(output.GetData())
	}
	r.tell()
	return nil
}

func (r *record) tell() {
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

// until waits until the standard output contains a text.
func (r *record) until(tb testing.TB, text string) {
	tb.Helper()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	for {
		r.mu.Lock()
		got := r.stdout.String()
		r.mu.Unlock()
		if bytes.Contains([]byte(got), []byte(text)) {
			return
		}
		select {
		case <-r.changed:
		case <-timer.C:
			tb.Fatalf("stdout is %q, want %q in it", got, text)
		}
	}
}

// result is what came of a process.
type result struct {
	*record
	exit *agent.Exit
	err  error
}

// run runs a process to its end.
func run(tb testing.TB, client *agent.Client, start *agentv1.Start) result {
	tb.Helper()
	r := newRecord()
	exit, err := client.Run(within(tb), start, r)
	if err != nil {
		tb.Fatal(err)
	}
	return result{record: r, exit: exit}
}

// background runs a process while the test goes on.
func background(tb testing.TB, client *agent.Client, start *agentv1.Start) (*record, <-chan result) {
	tb.Helper()
	r := newRecord()
	done := make(chan result, 1)
	ctx := within(tb)
	go func() {
		exit, err := client.Run(ctx, start, r)
		done <- result{record: r, exit: exit, err: err}
	}()
	return r, done
}

func sh(id, script string) *agentv1.Start {
	return &agentv1.Start{ProcessId: id, Argv: []string{"/bin/sh", "-c", script}}
}
