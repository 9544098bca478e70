package fake_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/fake"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// quiet is a sink of which only the end counts.
type quiet struct{}

func (quiet) Started(*agentv1.Started) error { return nil }
func (quiet) Output(*agentv1.Output) error   { return nil }

// bubble runs a test in a bubble, with a sandbox that is destroyed at its end.
func bubble(t *testing.T, f func(t *testing.T, d *fake.Driver, s *runners.Sandbox)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		s, err := d.Create(t.Context(), runners.Spec{ID: "one", Progress: func(string) {}})
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			_ = s.Agent.Close()
			if err := d.Destroy(context.Background(), "one"); err != nil {
				t.Error(err)
			}
		}()
		f(t, d, s)
	})
}

func TestADelayedStepTakesTheBubblesTime(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, d *fake.Driver, s *runners.Sandbox) {
		t.Helper()
		d.Program("build", fake.Sleep(time.Hour))
		start := time.Now()
		exit, err := s.Agent.Run(t.Context(), &agentv1.Start{ProcessId: "p", Argv: []string{"build"}}, quiet{})
		if err != nil || exit.GetExitCode() != 0 {
			t.Fatalf("Run = %v, %v", exit, err)
		}
		if took, said := time.Since(start), exit.GetDuration().AsDuration(); took < time.Hour || took > time.Hour+time.Minute || said != time.Hour {
			t.Errorf("it took %v, and the agent says %v; want an hour", took, said)
		}
	})
}

func TestATimeoutStrikesInTheBubblesTime(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, d *fake.Driver, s *runners.Sandbox) {
		t.Helper()
		d.Program("build", fake.Sleep(time.Hour))
		exit, err := s.Agent.Run(t.Context(), &agentv1.Start{
			ProcessId: "p", Argv: []string{"build"}, Timeout: durationpb.New(time.Minute), Grace: durationpb.New(time.Second),
		}, quiet{})
		if err != nil || !exit.GetTimedOut() || exit.GetDuration().AsDuration() != time.Minute {
			t.Fatalf("Run = %v, %v; want a timeout after a minute", exit, err)
		}
	})
}

func TestAnAgentStartedAnewIsGone(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, d *fake.Driver, s *runners.Sandbox) {
		t.Helper()
		d.Program("build", fake.Sleep(time.Hour))
		time.AfterFunc(time.Minute, func() {
			if err := d.Restart("one"); err != nil {
				t.Error(err)
			}
		})
		_, err := s.Agent.Run(t.Context(), &agentv1.Start{ProcessId: "p", Argv: []string{"build"}}, quiet{})
		if !errors.Is(err, agent.ErrGone) {
			t.Errorf("Run: %v, want ErrGone", err)
		}
		again, err := d.Recover(t.Context(), "one")
		if err != nil {
			t.Fatal(err)
		}
		defer again.Agent.Close()
		if again.Agent.Hello().Incarnation == s.Agent.Hello().Incarnation {
			t.Error("its incarnation did not change")
		}
	})
}

func TestASandboxThatVanishesIsGone(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, d *fake.Driver, s *runners.Sandbox) {
		t.Helper()
		d.Program("build", fake.Sleep(time.Hour))
		time.AfterFunc(time.Minute, func() { d.Lose("one") })
		_, err := s.Agent.Run(t.Context(), &agentv1.Start{ProcessId: "p", Argv: []string{"build"}}, quiet{})
		if !errors.Is(err, agent.ErrGone) {
			t.Errorf("Run: %v, want ErrGone", err)
		}
	})
}

func TestAProcessPrintsAndExits(t *testing.T) {
	t.Parallel()
	bubble(t, func(t *testing.T, d *fake.Driver, s *runners.Sandbox) {
		t.Helper()
		d.Program("fails", fake.Print("out", "err", 3))
		exit, err := s.Agent.Run(t.Context(), &agentv1.Start{ProcessId: "p", Argv: []string{"fails"}}, quiet{})
		if err != nil || exit.GetExitCode() != 3 || exit.GetStdoutBytes() != 3 || exit.GetStderrBytes() != 3 {
			t.Fatalf("Run = %v, %v; want 3 bytes each and exit code 3", exit, err)
		}
	})
}

func TestFailedProvisions(t *testing.T) {
	t.Parallel()
	d := fake.New(t.TempDir())
	permanent := errors.New("no such image")
	d.FailCreate(fmt.Errorf("%w: busy", runners.ErrTemporary), permanent)
	for i, want := range []error{runners.ErrTemporary, permanent} {
		id := fmt.Sprintf("s%d", i)
		if _, err := d.Create(t.Context(), runners.Spec{ID: id, Progress: func(string) {}}); !errors.Is(err, want) {
			t.Errorf("Create: %v, want %v", err, want)
		}
		if err := d.Destroy(t.Context(), id); err != nil {
			t.Error(err)
		}
	}
	if left := d.Leftovers(); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
