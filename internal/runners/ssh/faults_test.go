package ssh

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/runners"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// create creates a sandbox that is destroyed with the test.
func (s *site) create(t *testing.T, d *Driver, word string) *runners.Sandbox {
	t.Helper()
	sandbox, err := d.Create(t.Context(), runners.Spec{ID: s.id(word), Progress: func(string) {}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = sandbox.Agent.Close()
		if err := d.Destroy(context.WithoutCancel(t.Context()), sandbox.ID); err != nil {
			t.Errorf("Destroy: %v", err)
		}
		if left := s.leftovers(t); len(left) > 0 {
			t.Errorf("left behind: %q", left)
		}
	})
	return sandbox
}

// seen collects a step's output, and tells when there is some.
type seen struct {
	text  strings.Builder
	lines chan struct{} // gets a value with every output, if somebody listens
}

func (*seen) Started(*agentv1.Started) error { return nil }

func (s *seen) Output(output *agentv1.Output) error {
	s.text.Write(output.GetData())
	select {
	case s.lines <- struct{}{}:
	default:
	}
	return nil
}

// numbered is a step that prints numbered lines, one every 10 ms, and exits with 7.
func numbered(lines int) *agentv1.Start {
	return &agentv1.Start{ProcessId: "step", Argv: []string{
		"/bin/sh", "-c", fmt.Sprintf("i=0; while [ $i -lt %d ]; do i=$((i+1)); echo $i; sleep 0.01; done; exit 7", lines),
	}}
}

func (s *seen) check(t *testing.T, lines int) {
	t.Helper()
	var want strings.Builder
	for i := range lines {
		fmt.Fprintln(&want, i+1)
	}
	if s.text.String() != want.String() {
		t.Errorf("%d bytes came, want %d, or others", s.text.Len(), want.Len())
	}
}

// begin runs a numbered step in the background, and returns when it has printed something. What it returns waits for the end.
func begin(t *testing.T, sandbox *runners.Sandbox, lines int) (finish func()) {
	t.Helper()
	output := &seen{lines: make(chan struct{})}
	type end struct {
		exit *agent.Exit
		err  error
	}
	ended := make(chan end, 1)
	go func() {
		exit, err := sandbox.Agent.Run(t.Context(), numbered(lines), output)
		ended <- end{exit, err}
	}()
	select {
	case <-output.lines:
	case got := <-ended:
		t.Fatalf("it ended with %v, %v", got.exit, got.err)
	}
	return func() {
		t.Helper()
		got := <-ended
		if got.err != nil {
			t.Fatal(got.err)
		}
		got.exit.Forget()
		if got.exit.GetExitCode() != 7 {
			t.Errorf("it ended as %v", got.exit.Exited)
		}
		output.check(t, lines)
	}
}

// A step goes on while the line is down, whatever that looks like, and when it is back all of its output comes.
func TestStepsOutliveTheLine(t *testing.T) {
	t.Parallel()
	for name, strike := range map[string]func(t *testing.T, s *site, d *Driver){
		"reset": func(_ *testing.T, s *site, _ *Driver) { s.line.Reset() },
		"cut": func(t *testing.T, s *site, d *Driver) {
			t.Helper()
			s.line.Cut()
			await(t, "attempts that fail", func() bool { return s.line.Connections() > 3 })
			s.line.Mend()
		},
		"silent": func(t *testing.T, s *site, _ *Driver) {
			t.Helper()
			s.line.Silence()
			await(t, "the dead line to be found out", func() bool { return s.line.Connections() > 1 })
			s.line.Mend()
		},
		"no sshd": func(t *testing.T, _ *site, d *Driver) {
			t.Helper()
			got, err := d.run(t.Context(), "echo $PPID", nil) // which is the sshd of the connection
			if err != nil {
				t.Fatal(err)
			}
			pid, err := strconv.Atoi(strings.TrimSpace(string(got.stdout)))
			if err != nil {
				t.Fatal(err)
			}
			if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, "main", "plain")
			s.seed(t)
			o := s.options(t, "daemon")
			o.KeepaliveInterval, o.KeepaliveTimeout, o.ConnectTimeout = 500*time.Millisecond, 2*time.Second, 5*time.Second
			d := s.newDriver(t, o)
			t.Cleanup(func() { _ = d.Close() })
			sandbox := s.create(t, d, "step")
			finish := begin(t, sandbox, 300)
			strike(t, s, d)
			finish()
		})
	}
}

// A host that is silent is found out within the keepalive's times, also while nothing is under way.
func TestAHalfOpenLineIsFoundOut(t *testing.T) {
	t.Parallel()
	s := newSite(t, "main", "plain")
	o := s.options(t, "daemon")
	o.KeepaliveInterval, o.KeepaliveTimeout, o.ConnectTimeout = 200*time.Millisecond, time.Second, 2*time.Second
	d := s.newDriver(t, o)
	defer d.Close()
	if err := d.reach(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.line.Silence()
	if err := d.reach(t.Context()); err == nil {
		t.Fatal("it was reached over a silent line")
	}
	s.line.Mend()
	await(t, "the host to be reached again", func() bool { return d.reach(t.Context()) == nil })
}

// A sandbox is not lost because the line is down.
func TestALineThatIsDownSaysNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, "main", "plain")
	s.seed(t)
	d := s.newDriver(t, s.options(t, "daemon"))
	t.Cleanup(func() { _ = d.Close() })
	sandbox := s.create(t, d, "step")
	s.line.Cut()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	if err := sandbox.Agent.Ping(ctx); err == nil || errors.Is(err, agent.ErrGone) {
		t.Errorf("Ping: %v, want an error that says nothing of the agent", err)
	}
	if _, err := d.Recover(t.Context(), sandbox.ID); !errors.Is(err, runners.ErrTemporary) || errors.Is(err, runners.ErrGone) {
		t.Errorf("Recover: %v, want a temporary error", err)
	}
	if err := d.Destroy(t.Context(), sandbox.ID); !errors.Is(err, runners.ErrTemporary) {
		t.Errorf("Destroy: %v, want a temporary error", err)
	}
	s.line.Mend()
	if err := sandbox.Agent.Ping(t.Context()); err != nil {
		t.Errorf("Ping: %v", err)
	}
}

// A cancel that comes while the line is cut takes effect when it is back, and leaves nothing.
func TestACancelWaitsForTheLine(t *testing.T) {
	t.Parallel()
	s := newSite(t, "main", "plain")
	s.seed(t)
	d := s.newDriver(t, s.options(t, "daemon"))
	t.Cleanup(func() { _ = d.Close() })
	sandbox := s.create(t, d, "step")
	output := &seen{lines: make(chan struct{})}
	ended := make(chan error, 1)
	go func() {
		exit, err := sandbox.Agent.Run(t.Context(), &agentv1.Start{ProcessId: "step", Argv: []string{
			"/bin/sh", "-c", "(setsid sleep 1000 &); echo begun; sleep 1000",
		}}, output)
		if err == nil {
			exit.Forget()
		}
		ended <- err
	}()
	<-output.lines
	s.line.Cut()
	cancelled := make(chan error, 1)
	go func() { cancelled <- sandbox.Agent.Terminate(t.Context(), "step", time.Second) }()
	s.line.Mend()
	if err := errors.Join(<-cancelled, <-ended); err != nil {
		t.Error(err)
	}
}

// A line that is cut in the middle of an upload leaves nothing behind, and the next one works.
func TestACutInTheMiddleOfAnUpload(t *testing.T) {
	t.Parallel()
	s := newSite(t, "main", "plain")
	d := s.newDriver(t, s.options(t, "daemon"))
	defer d.Close()
	begun := make(chan struct{})
	id := s.id("cut")
	failed := make(chan error, 1)
	go func() {
		_, err := d.Create(t.Context(), runners.Spec{ID: id, Progress: func(string) { close(begun) }})
		failed <- err
	}()
	<-begun
	s.line.Cut()
	if err := <-failed; !errors.Is(err, runners.ErrTemporary) {
		t.Errorf("Create: %v, want a temporary error", err)
	}
	s.line.Mend()
	if fault := checked(t, d); fault != "" {
		t.Error(fault)
	}
	if err := d.Destroy(t.Context(), id); err != nil {
		t.Error(err)
	}
	await(t, "what was half uploaded to go", func() bool { return len(s.leftovers(t)) == 0 })
}

// A sandbox whose making is cut off is undone by the host itself.
func TestACutInTheMiddleOfCreate(t *testing.T) {
	t.Parallel()
	s := newSite(t, "main", "plain")
	s.seed(t)
	d := s.newDriver(t, s.options(t, "daemon"))
	defer d.Close()
	if _, err := d.Describe(t.Context()); err != nil {
		t.Fatal(err)
	}
	for i, after := range []time.Duration{0, 5 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond} {
		id := s.id(fmt.Sprint("cut-", i))
		timer := time.AfterFunc(after, s.line.Reset)
		sandbox, err := d.Create(t.Context(), runners.Spec{ID: id, Progress: func(string) {}})
		timer.Stop()
		if err == nil {
			_ = sandbox.Agent.Close()
		}
		if err := d.Destroy(t.Context(), id); err != nil {
			t.Error(err)
		}
		await(t, "nothing to be left", func() bool { return len(s.leftovers(t)) == 0 })
	}
}

// A real network that goes down and comes back, without anybody being told, is the same as any other broken line. It is not parallel: others use
// that network, too.
func TestTheNetworkGoesDown(t *testing.T) {
	s := newSite(t, "line", "plain")
	s.seed(t)
	o := s.options(t, "daemon")
	o.KeepaliveInterval, o.KeepaliveTimeout, o.ConnectTimeout = 500*time.Millisecond, 2*time.Second, 5*time.Second
	server := s.hosts.Servers["line"].Address()
	o.Way[0].Address = server
	o.Way[0].Keys.Files = []string{s.hosts.KnownHosts(t, "line", server)}
	d := s.newDriver(t, o)
	t.Cleanup(func() { _ = d.Close() })
	sandbox := s.create(t, d, "step")
	finish := begin(t, sandbox, 300)
	s.setInterface(t, "down")
	await(t, "the dead line to be found out", func() bool {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		return d.reach(ctx) != nil
	})
	s.setInterface(t, "up")
	finish()
}

func (s *site) setInterface(t *testing.T, state string) {
	t.Helper()
	if output, err := exec.Command("ip", "link", "set", s.hosts.Interface, state).CombinedOutput(); err != nil {
		t.Errorf("ip: %v: %s", err, output)
	}
}
