package fake_test

import (
	"context"
	"errors"
	"testing"

	"go.uber.org/goleak"

	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/drivertest"
	"github.com/clockworkd/clockwork/internal/runners/drivertest/program"
	"github.com/clockworkd/clockwork/internal/runners/fake"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestConformance(t *testing.T) {
	t.Parallel()
	drivertest.Run(t, func(t *testing.T) drivertest.Harness {
		t.Helper()
		world := fake.NewWorld(t.TempDir())
		world.Program("program", playProgram)
		return drivertest.Harness{
			Driver:    func(_ *testing.T, daemon string) runners.Driver { return world.Driver(daemon) },
			Program:   []byte("stands for the test program"),
			Cut:       func(_ *testing.T, id string) { world.Driver("daemon").Cut(id) },
			Kill:      func(_ *testing.T, id string) { world.Driver("daemon").Lose(id) },
			Leftovers: func(*testing.T) []string { return world.Leftovers() },
		}
	})
}

// playProgram runs the test program as a function.
func playProgram(ctx context.Context, p *fake.Process) int {
	return program.Main(ctx, &program.Process{
		Args: p.Args[1:], Env: p.Env, Dir: p.Dir, Stdout: p.Stdout, Stderr: p.Stderr, System: system{p},
	})
}

// system lets the test program start itself as a child.
type system struct{ *fake.Process }

// Spawn starts a child. There are no sessions here.
func (s system) Spawn(args []string, _ bool) error {
	return s.Start(playProgram, append([]string{"program"}, args...)...)
}

// Stop does nothing: a function that waits stands still already, and a signal reaches it all the same.
func (system) Stop() {}

// Wait says that functions have no children to wait for.
func (system) Wait([]string) (int, error) { return 0, errors.New("a function cannot wait for a child") }
