package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/clockworkd/clockwork/client/clienttest"
)

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
	}
	// Tests say which daemon they mean. NO_COLOR and TERM do not matter: nothing here is a terminal.
	for _, variable := range []string{"CLOCKWORK_ADDRESS", "CLOCKWORK_TLS_CA", "CLOCKWORK_TLS_CERT", "CLOCKWORK_TLS_KEY"} {
		_ = os.Unsetenv(variable)
	}
	goleak.VerifyTestMain(m)
}

// asCommand is the variable that turns the test program into clockworkctl, for tests that need a process of its own.
const asCommand = "CLOCKWORKCTL_TEST_AS_COMMAND"

// ran is what came of a command line.
type ran struct {
	code           int
	stdout, stderr string
}

// document is standard output as JSON.
func (r ran) document(t *testing.T) map[string]any {
	t.Helper()
	var document map[string]any
	if err := json.Unmarshal([]byte(r.stdout), &document); err != nil {
		t.Fatalf("standard output is not a document: %v\n%s", err, r.stdout)
	}
	return document
}

// command is a command line to run, and what it is run with.
type command struct {
	stdin   string
	stdout  io.Writer
	stderr  io.Writer
	signals chan os.Signal
}

func (c command) run(args ...string) ran {
	stdout, stderr := &buffer{}, &buffer{}
	a := &app{stdin: strings.NewReader(c.stdin), stdout: stdout, stderr: stderr}
	if c.stdout != nil {
		a.stdout = c.stdout
	}
	if c.stderr != nil {
		a.stderr = io.MultiWriter(stderr, c.stderr)
	}
	a.interrupts = func() (<-chan os.Signal, func()) { return c.signals, func() {} }
	code := a.run(context.Background(), args)
	return ran{code, stdout.String(), stderr.String()}
}

// buffer may be written to by several goroutines, as standard error may.
type buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// startDaemon starts a daemon that plays scripts, and returns its address, too.
func startDaemon(t *testing.T, options clienttest.Options) (daemon *clienttest.Daemon, address string) {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "cw") //nolint:usetesting // its path may be too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	daemon, err = clienttest.Start(filepath.Join(dir, "s"), options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(daemon.Close)
	address = daemon.Address()
	return daemon, address
}

// oneStep is a bundle with one step.
const oneStep = `{"version": "1", "steps": [{"purpose": "hello", "run": {"cmd": ["true"]}}]}`

// graph is a bundle whose steps run at the same time.
func graph(names ...string) string {
	var steps []string
	for _, name := range names {
		steps = append(steps, `{"purpose": "`+name+`", "run": {"cmd": ["true"]}}`)
	}
	return `{"version": "1", "order": "graph", "steps": [` + strings.Join(steps, ", ") + `]}`
}

// wants fails unless the text contains each of the parts.
func wants(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("%q is missing in:\n%s", part, text)
		}
	}
}
