package runners_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/fake"
)

func TestSurplusIdleSandboxesAreRetired(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRunner(t, fake.New(t.TempDir()), pool(1, 8))
		r.Start(keepNothing)
		first, second := acquire(t, r), acquire(t, r)
		checkStatus(t, r, 1, 0, 2, 0)
		runners.MakeIdle(r, first)
		runners.MakeIdle(r, second)
		checkStatus(t, r, 3, 0, 0, 0)
		elapse(10*time.Minute - time.Second)
		checkStatus(t, r, 3, 0, 0, 0)
		elapse(time.Second)
		checkStatus(t, r, 1, 0, 0, 0)
		elapse(24 * time.Hour)
		checkStatus(t, r, 1, 0, 0, 0) // which is kept warm
	})
}

func TestRefillBacksOffWhileProvisioningFails(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		var attempts atomic.Int32
		d.OnCreate(func(context.Context, runners.Spec) error {
			attempts.Add(1)
			return errors.New("no such image")
		})
		r := newRunner(t, d, pool(1, 8))
		r.Start(keepNothing)
		elapse(time.Hour)
		if n := attempts.Load(); n < 30 || n > 150 {
			t.Errorf("%d attempts in an hour, want about one a minute", n)
		}
		if got := r.Status().LastError; got != "no such image" {
			t.Errorf("LastError = %q", got)
		}
		d.OnCreate(nil)
		elapse(2 * time.Minute)
		checkStatus(t, r, 1, 0, 0, 0)
	})
}

func TestOrphansAreDestroyed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		ctx := t.Context()
		stranger := d.World.Driver("stranger")
		for id, by := range map[string]*fake.Driver{"kept": d, "orphan": d, "foreign": stranger} {
			sandbox, err := by.Create(ctx, runners.Spec{ID: id, Progress: func(string) {}})
			if err != nil {
				t.Fatal(err)
			}
			_ = sandbox.Agent.Close()
		}
		defer func() { _ = stranger.Destroy(context.Background(), "foreign") }()
		r := newRunner(t, d, pool(1, 8))
		r.Start(func(id string) bool { return id == "kept" })
		checkStatus(t, r, 1, 0, 0, 0)
		if got := list(t, d); slices.Contains(got, "orphan") || !slices.Contains(got, "kept") {
			t.Errorf("there are %q, want the kept one and no orphan", got)
		}
		late, err := d.Create(ctx, runners.Spec{ID: "late", Progress: func(string) {}})
		if err != nil {
			t.Fatal(err)
		}
		_ = late.Agent.Close()
		elapse(time.Minute)
		synctest.Wait()
		if slices.Contains(list(t, d), "late") {
			t.Error("an orphan that appeared late is still there")
		}
		if !slices.Contains(list(t, stranger), "foreign") {
			t.Error("the sandbox of another daemon was destroyed")
		}
	})
}

func TestAFailedReleaseIsRepeatedAndCounts(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		r := newRunner(t, d, pool(0, 1))
		lease := acquire(t, r)
		var broken atomic.Bool
		broken.Store(true)
		d.OnDestroy(func(context.Context, string) error {
			if broken.Load() {
				return errors.New("the engine does not answer")
			}
			return nil
		})
		if err := lease.Release(t.Context()); err == nil {
			t.Error("Release succeeded")
		}
		_, err := r.Acquire(t.Context(), runners.AcquireOptions{QueueTimeout: time.Minute})
		var failed *runners.AcquireError
		if !errors.As(err, &failed) || failed.Phase != runners.PhaseQueue {
			t.Errorf("Acquire: %v, want a queue timeout, as the old sandbox is still there", err)
		}
		broken.Store(false)
		release(t, acquire(t, r))
	})
}

func TestRecoverLeasesAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		before := newRunner(t, d, pool(0, 1))
		id := acquire(t, before).Sandbox().ID
		if err := before.Close(); err != nil { // and not released
			t.Fatal(err)
		}

		r := newRunner(t, d, pool(0, 1))
		lease, err := r.Recover(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if err := lease.Sandbox().Agent.Ping(t.Context()); err != nil {
			t.Errorf("Ping: %v", err)
		}
		r.Start(keepNothing) // as it is leased nobody has to be asked
		checkStatus(t, r, 0, 0, 1, 0)
		if _, err := r.Recover(t.Context(), id); err == nil {
			t.Error("a sandbox was leased twice")
		}
		release(t, lease)
		if got := list(t, d); len(got) != 0 {
			t.Errorf("left behind: %q", got)
		}
	})
}

func TestRecoverBuriesWhatIsGone(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		before := newRunner(t, d, pool(0, 1))
		id := acquire(t, before).Sandbox().ID
		d.Lose(id)
		r := newRunner(t, d, pool(0, 1))
		if _, err := r.Recover(t.Context(), id); !errors.Is(err, runners.ErrGone) {
			t.Errorf("Recover: %v, want ErrGone", err)
		}
		synctest.Wait()
		if got := list(t, d); len(got) != 0 {
			t.Errorf("left behind: %q", got)
		}
	})
}

func TestDrain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		r := newRunner(t, d, pool(1, 2))
		r.Start(keepNothing)
		synctest.Wait()
		lease := acquire(t, r)
		d.OnCreate(fake.SlowPull(time.Hour, "pulling"))
		second := acquire(t, r)
		release(t, second)
		var waiting sync.WaitGroup
		waiting.Go(func() {
			if _, err := r.Acquire(t.Context(), runners.AcquireOptions{}); !errors.Is(err, runners.ErrDraining) {
				t.Errorf("Acquire: %v, want ErrDraining", err)
			}
		})
		checkStatus(t, r, 0, 1, 1, 1)
		if err := r.Drain(t.Context()); err != nil {
			t.Errorf("Drain: %v", err)
		}
		waiting.Wait()
		checkStatus(t, r, 0, 0, 1, 0)
		if got, want := list(t, d), []string{lease.Sandbox().ID}; !slices.Equal(got, want) {
			t.Errorf("there are %q, want the leased one, %q", got, want)
		}
		if _, err := r.Acquire(t.Context(), runners.AcquireOptions{}); !errors.Is(err, runners.ErrDraining) {
			t.Errorf("Acquire: %v, want ErrDraining", err)
		}
		release(t, lease)
	})
}

func TestDrainGivesUpWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		r := newRunner(t, d, pool(1, 1))
		r.Start(keepNothing)
		synctest.Wait()
		d.OnDestroy(func(context.Context, string) error { return errors.New("the engine does not answer") })
		defer d.OnDestroy(nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if err := r.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Drain: %v, want that of its context", err)
		}
	})
}

func TestCheckIsNotSwept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		r := newRunner(t, d, pool(0, 1))
		r.Start(keepNothing)
		d.OnCreate(fake.SlowPull(5*time.Minute, "pulling"))
		for _, finding := range r.Check(t.Context()) {
			if !finding.Passed {
				t.Errorf("%+v", finding)
			}
		}
		if got := list(t, d); len(got) != 0 {
			t.Errorf("left behind: %q", got)
		}
	})
}

func TestOptionsAreValidated(t *testing.T) {
	t.Parallel()
	good := runners.DefaultOptions()
	if err := good.Validate(); err != nil {
		t.Errorf("the defaults: %v", err)
	}
	bad := runners.Options{Timeout: -1, Retries: -1, RetryDelay: -1, Grace: -1, Pool: runners.PoolOptions{Warm: 2, Max: 1}}
	err := bad.Validate()
	for _, want := range []string{
		"timeout:", "retries:", "retry_delay:", "grace:", "queue_timeout:", "provision_timeout:", "upload_timeout:", "collect_timeout:",
		"pool.warm: 2 is more than pool.max, which is 1", "pool.idle_timeout:",
	} {
		if err == nil || !slices.ContainsFunc(lines(err), func(line string) bool { return len(line) >= len(want) && line[:len(want)] == want }) {
			t.Errorf("%v does not name %q", err, want)
		}
	}
}

func lines(err error) []string {
	var all []string
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return []string{fmt.Sprint(err)}
	}
	for _, each := range joined.Unwrap() {
		all = append(all, each.Error())
	}
	return all
}
