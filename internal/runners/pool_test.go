package runners_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap/zaptest"

	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/fake"
)

// newRunner returns a runner over a fake driver, whose pool is as given. It is closed with the test.
func newRunner(t *testing.T, d *fake.Driver, pool runners.PoolOptions) *runners.Runner {
	t.Helper()
	options := runners.DefaultOptions()
	options.Pool = pool
	r, err := runners.New(runners.Config{Name: "test", Type: "fake", Options: options}, d, zaptest.NewLogger(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		for _, id := range list(t, d) { // what the daemon leaves running
			_ = d.Destroy(context.Background(), id)
		}
	})
	return r
}

func pool(warm, limit int) runners.PoolOptions {
	return runners.PoolOptions{Warm: warm, Max: limit, IdleTimeout: 10 * time.Minute}
}

func keepNothing(string) bool { return false }

func list(t *testing.T, d *fake.Driver) []string {
	t.Helper()
	ids, err := d.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return ids
}

func acquire(t *testing.T, r *runners.Runner) *runners.Lease {
	t.Helper()
	lease, err := r.Acquire(t.Context(), runners.AcquireOptions{})
	if err != nil {
		t.Fatalf("Acquire: %v", err)
	}
	return lease
}

func release(t *testing.T, lease *runners.Lease) {
	t.Helper()
	if err := lease.Release(t.Context()); err != nil {
		t.Errorf("Release: %v", err)
	}
}

// checkStatus compares what can be counted.
func checkStatus(t *testing.T, r *runners.Runner, idle, creating, leased, waiting int) {
	t.Helper()
	synctest.Wait()
	s := r.Status()
	if got, want := [4]int{s.Idle, s.Creating, s.Leased, s.Waiting}, [4]int{idle, creating, leased, waiting}; got != want {
		t.Errorf("idle, creating, leased, waiting = %v, want %v", got, want)
	}
}

func TestAcquireTakesAWarmSandboxAndTheNextIsMade(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		r := newRunner(t, d, pool(2, 8))
		r.Start(keepNothing)
		checkStatus(t, r, 2, 0, 0, 0)
		lease := acquire(t, r)
		if !lease.Warm || lease.Queue != 0 || lease.Provision != 0 {
			t.Errorf("lease = warm %v, queue %v, provision %v; want a warm one at once", lease.Warm, lease.Queue, lease.Provision)
		}
		checkStatus(t, r, 2, 0, 1, 0)
		release(t, lease)
		release(t, lease) // which does nothing
		checkStatus(t, r, 2, 0, 0, 0)
		if s := r.Status(); s.Hits != 1 || s.Misses != 0 {
			t.Errorf("hits, misses = %d, %d; want 1, 0", s.Hits, s.Misses)
		}
		if slices.Contains(list(t, d), lease.Sandbox().ID) {
			t.Error("a sandbox is still there after its release")
		}
	})
}

func TestAcquireWithoutAWarmSandboxWaitsForOne(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		d.OnCreate(fake.SlowPull(time.Second, "pulling layer 1", "pulling layer 2"))
		r := newRunner(t, d, pool(0, 1))
		var lines []string
		lease, err := r.Acquire(t.Context(), runners.AcquireOptions{Progress: func(phase runners.Phase, message string) {
			lines = append(lines, string(phase)+": "+message)
		}})
		if err != nil {
			t.Fatal(err)
		}
		defer release(t, lease)
		if lease.Warm || lease.Queue != 0 || lease.Provision != 2*time.Second {
			t.Errorf("lease = warm %v, queue %v, provision %v; want a new one after 2s", lease.Warm, lease.Queue, lease.Provision)
		}
		if want := []string{"provision: pulling layer 1", "provision: pulling layer 2"}; !slices.Equal(lines, want) {
			t.Errorf("progress = %q, want %q", lines, want)
		}
		if s := r.Status(); s.Misses != 1 || s.TotalWait != 2*time.Second {
			t.Errorf("misses, total wait = %d, %v; want 1, 2s", s.Misses, s.TotalWait)
		}
	})
}

// order records who was served.
type order struct {
	mu     sync.Mutex
	served []int
}

func (o *order) add(i int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.served = append(o.served, i)
}

func TestWaitersAreServedInTheirOrderAndMaxIsKept(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		d.OnCreate(func(context.Context, runners.Spec) error {
			if n := len(list(t, d)); n > 2 {
				t.Errorf("%d sandboxes exist, 2 are allowed", n)
			}
			return nil
		})
		r := newRunner(t, d, pool(0, 2))
		var got order
		var all sync.WaitGroup
		for i := range 6 {
			all.Go(func() {
				lease, err := r.Acquire(t.Context(), runners.AcquireOptions{})
				if err != nil {
					t.Errorf("Acquire: %v", err)
					return
				}
				got.add(i)
				elapse(time.Duration(i+1) * time.Second) // it uses the sandbox
				release(t, lease)
			})
			synctest.Wait()
		}
		checkStatus(t, r, 0, 0, 2, 4)
		all.Wait()
		if want := []int{0, 1, 2, 3, 4, 5}; !slices.Equal(got.served, want) {
			t.Errorf("served in the order %v, want %v", got.served, want)
		}
	})
}

func TestTheFirstWaiterGetsWhateverIsReadyFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		delays := []time.Duration{10 * time.Second, time.Second}
		var mu sync.Mutex
		d.OnCreate(func(context.Context, runners.Spec) error {
			mu.Lock()
			delay := delays[0]
			delays = delays[1:]
			mu.Unlock()
			elapse(delay)
			return nil
		})
		r := newRunner(t, d, pool(0, 2))
		waits := make([]time.Duration, 2)
		var all sync.WaitGroup
		for i := range waits {
			all.Go(func() {
				lease := acquire(t, r)
				waits[i] = lease.Provision
				release(t, lease)
			})
			synctest.Wait()
		}
		all.Wait()
		if want := []time.Duration{time.Second, 10 * time.Second}; !slices.Equal(waits, want) {
			t.Errorf("they waited %v, want %v", waits, want)
		}
	})
}

func TestAcquireTakesOverARefillThatIsOnItsWay(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		d.OnCreate(fake.SlowPull(10*time.Second, "pulling"))
		r := newRunner(t, d, pool(1, 8))
		r.Start(keepNothing)
		elapse(9 * time.Second)
		lease := acquire(t, r)
		if lease.Provision != time.Second {
			t.Errorf("it waited %v, want 1s", lease.Provision)
		}
		release(t, lease)
	})
}

func TestQueueTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := newRunner(t, fake.New(t.TempDir()), pool(0, 1))
		lease := acquire(t, r)
		defer release(t, lease)
		var told []string
		_, err := r.Acquire(t.Context(), runners.AcquireOptions{
			QueueTimeout: time.Minute,
			Progress:     func(phase runners.Phase, message string) { told = append(told, string(phase)+": "+message) },
		})
		var failed *runners.AcquireError
		if !errors.As(err, &failed) || failed.Phase != runners.PhaseQueue || failed.Timeout != time.Minute || failed.Runner != "test" {
			t.Errorf("Acquire: %v, want the timeout of the queue phase", err)
		}
		if len(told) != 1 || !strings.Contains(told[0], "queue: waiting for one of the 1 sandboxes") {
			t.Errorf("progress = %q", told)
		}
		checkStatus(t, r, 0, 0, 1, 0)
	})
}

func TestTemporaryFaultsAreTriedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		fault := fmt.Errorf("%w: too many requests", runners.ErrTemporary)
		d.FailCreate(fault, fault, fault)
		r := newRunner(t, d, pool(0, 1))
		var told []string
		lease, err := r.Acquire(t.Context(), runners.AcquireOptions{
			Progress: func(_ runners.Phase, message string) { told = append(told, message) },
		})
		if err != nil {
			t.Fatal(err)
		}
		defer release(t, lease)
		if lease.Provision <= 0 || len(told) != 3 || !strings.Contains(told[0], "too many requests") {
			t.Errorf("after %v, having told %q; want three retries with waits", lease.Provision, told)
		}
		if got := list(t, d); len(got) != 1 {
			t.Errorf("%d sandboxes exist, want 1", len(got))
		}
	})
}

func TestTemporaryFaultsEndWithTheProvisionTimeout(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		cause := errors.New("the engine does not answer")
		d.OnCreate(func(context.Context, runners.Spec) error { return fmt.Errorf("%w: %w", runners.ErrTemporary, cause) })
		r := newRunner(t, d, pool(0, 1))
		start := time.Now()
		_, err := r.Acquire(t.Context(), runners.AcquireOptions{ProvisionTimeout: time.Minute})
		var failed *runners.AcquireError
		if !errors.As(err, &failed) || failed.Phase != runners.PhaseProvision || failed.Timeout != time.Minute || !errors.Is(err, cause) {
			t.Errorf("Acquire: %v, want the timeout of the provision phase, with its cause", err)
		}
		if took := time.Since(start); took != time.Minute {
			t.Errorf("it took %v, want 1m", took)
		}
		checkStatus(t, r, 0, 0, 0, 0)
	})
}

func TestAPermanentFaultEndsTheWaitAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		missing := errors.New("no such image")
		d.FailCreate(missing)
		r := newRunner(t, d, pool(0, 1))
		_, err := r.Acquire(t.Context(), runners.AcquireOptions{})
		var failed *runners.AcquireError
		if !errors.As(err, &failed) || failed.Phase != runners.PhaseProvision || failed.Timeout != 0 || !errors.Is(err, missing) {
			t.Errorf("Acquire: %v, want the fault", err)
		}
		if got := r.Status().LastError; got != missing.Error() {
			t.Errorf("LastError = %q", got)
		}
		lease := acquire(t, r) // the place is free again
		if got := r.Status().LastError; got != "" {
			t.Errorf("LastError = %q after a success", got)
		}
		release(t, lease)
	})
}

func TestACancelledAcquireLeavesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		d.OnCreate(fake.SlowPull(time.Hour, "pulling"))
		r := newRunner(t, d, pool(0, 1))
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := r.Acquire(ctx, runners.AcquireOptions{}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Acquire: %v, want that of its context", err)
		}
		checkStatus(t, r, 0, 0, 0, 0)
		if got := list(t, d); len(got) != 0 {
			t.Errorf("left behind: %q", got)
		}
	})
}

func TestADeadIdleSandboxIsReplaced(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		r := newRunner(t, d, pool(2, 8))
		r.Start(keepNothing)
		synctest.Wait()
		before := list(t, d)
		d.Lose(before[0])
		d.Lose(before[1])
		lease := acquire(t, r)
		if slices.Contains(before, lease.Sandbox().ID) {
			t.Errorf("a dead sandbox was given out")
		}
		release(t, lease)
		checkStatus(t, r, 2, 0, 0, 0)
	})
}
