package runners_test

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/zap"
	"pgregory.net/rapid"

	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/fake"
)

// TestPoolKeepsItsPromises does random things to a pool in a random environment, and checks after each what must always hold: never
// more than max sandboxes, none leased twice, waiters served in their order; and that at the end nothing is left.
func TestPoolKeepsItsPromises(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		rapid.Check(noDeadline{t}, func(rt *rapid.T) {
			m := newPoolMachine(rt, dir)
			rt.Repeat(map[string]func(*rapid.T){
				"acquire": m.acquire,
				"cancel":  m.cancel,
				"release": m.release,
				"lose":    m.lose,
				"fail":    m.fail,
				"wait":    m.wait,
				"":        m.check,
			})
			m.finish(rt)
		})
	})
}

// noDeadline hides the test's deadline, for which nobody may ask in a bubble.
type noDeadline struct{ rapid.TB }

// poolMachine is a pool and what is known of those who use it.
type poolMachine struct {
	driver *fake.Driver
	runner *runners.Runner
	max    int

	callers []*caller // in the order of their arrival
}

// caller is a call of Acquire.
type caller struct {
	cancel context.CancelFunc
	answer atomic.Pointer[answer] // nil while it waits
}

// answer is what a caller got.
type answer struct {
	lease *runners.Lease
	err   error
}

func (c *caller) served() bool { return c.answer.Load() != nil }

func newPoolMachine(rt *rapid.T, dir string) *poolMachine {
	m := &poolMachine{driver: fake.New(dir), max: rapid.IntRange(1, 4).Draw(rt, "max")}
	delay := time.Duration(rapid.IntRange(0, 3).Draw(rt, "provision seconds")) * time.Second
	m.driver.OnCreate(func(ctx context.Context, spec runners.Spec) error {
		return fake.SlowPull(delay, "pulling")(ctx, spec)
	})
	options := runners.DefaultOptions()
	options.Pool = runners.PoolOptions{Warm: rapid.IntRange(0, m.max).Draw(rt, "warm"), Max: m.max, IdleTimeout: 10 * time.Second}
	options.QueueTimeout = time.Minute
	r, err := runners.New(runners.Config{Name: "test", Type: "fake", Options: options}, m.driver, zap.NewNop())
	if err != nil {
		rt.Fatal(err)
	}
	m.runner = r
	rt.Cleanup(m.abandon)
	r.Start(keepNothing)
	return m
}

func (m *poolMachine) acquire(*rapid.T) {
	ctx, cancel := context.WithCancel(context.Background())
	c := &caller{cancel: cancel}
	m.callers = append(m.callers, c)
	go func() { // finish waits for it
		lease, err := m.runner.Acquire(ctx, runners.AcquireOptions{})
		c.answer.Store(&answer{lease, err})
	}()
}

// pick returns one of the callers that have or have not been served.
func (m *poolMachine) pick(rt *rapid.T, served bool) *caller {
	var some []*caller
	for _, c := range m.callers {
		if c.served() == served {
			some = append(some, c)
		}
	}
	if len(some) == 0 {
		rt.Skip("there is none")
	}
	return some[rapid.IntRange(0, len(some)-1).Draw(rt, "caller")]
}

func (m *poolMachine) drop(c *caller) {
	m.callers = slices.DeleteFunc(m.callers, func(other *caller) bool { return other == c })
}

func (m *poolMachine) cancel(rt *rapid.T) {
	c := m.pick(rt, false)
	c.cancel()
	synctest.Wait()
	if !c.served() {
		rt.Fatal("Acquire does not end with its context")
	}
	if c.answer.Load().err != nil {
		m.drop(c)
	}
}

func (m *poolMachine) release(rt *rapid.T) {
	c := m.pick(rt, true)
	m.drop(c)
	c.cancel()
	if err := c.answer.Load().lease.Release(context.Background()); err != nil {
		rt.Fatal(err)
	}
}

func (m *poolMachine) lose(rt *rapid.T) {
	ids, err := m.driver.List(context.Background())
	if err != nil || len(ids) == 0 {
		rt.Skip("there is none")
	}
	m.driver.Lose(rapid.SampledFrom(ids).Draw(rt, "sandbox"))
}

func (m *poolMachine) fail(*rapid.T) {
	m.driver.FailCreate(fmt.Errorf("%w: too many requests", runners.ErrTemporary))
}

func (m *poolMachine) wait(rt *rapid.T) {
	elapse(time.Duration(rapid.IntRange(1, 5000).Draw(rt, "milliseconds")) * time.Millisecond)
}

func (m *poolMachine) check(rt *rapid.T) {
	synctest.Wait()
	ids, err := m.driver.List(context.Background())
	if err != nil || len(ids) > m.max {
		rt.Fatalf("%d sandboxes exist (%v), %d are allowed", len(ids), err, m.max)
	}
	leased := make(map[string]bool)
	for i, c := range m.callers {
		if !c.served() {
			continue
		}
		if c.answer.Load().err != nil { // the queue's timeout; nobody else gives up
			m.callers[i] = nil
			continue
		}
		id := c.answer.Load().lease.Sandbox().ID
		if leased[id] {
			rt.Fatalf("sandbox %s is leased twice", id)
		}
		leased[id] = true
		if first := slices.IndexFunc(m.callers[:i], func(c *caller) bool { return c != nil && !c.served() }); first >= 0 {
			rt.Fatalf("caller %d was served before caller %d", i, first)
		}
	}
	m.callers = slices.DeleteFunc(m.callers, func(c *caller) bool { return c == nil })
	if s := m.runner.Status(); s.Leased != len(leased) || s.Idle+s.Creating+s.Leased > m.max {
		rt.Fatalf("%d leases are known, and the pool says %+v", len(leased), s)
	}
}

// finish ends everything, after which nothing may be left, and nothing may have been served twice.
func (m *poolMachine) finish(rt *rapid.T) {
	for _, c := range m.callers {
		c.cancel()
	}
	synctest.Wait()
	ids := make(map[string]bool)
	for _, c := range m.callers {
		if c.answer.Load().err != nil {
			continue
		}
		ids[c.answer.Load().lease.Sandbox().ID] = true
		if err := c.answer.Load().lease.Release(context.Background()); err != nil {
			rt.Fatal(err)
		}
	}
	if len(ids) > m.max {
		rt.Fatalf("more are leased than may exist: %v", slices.Sorted(maps.Keys(ids)))
	}
	if err := m.runner.Drain(context.Background()); err != nil {
		rt.Fatal(err)
	}
	if left := m.driver.Leftovers(); len(left) > 0 {
		rt.Fatalf("left behind: %q", left)
	}
}

// abandon ends what is left after a failure.
func (m *poolMachine) abandon() {
	for _, c := range m.callers {
		c.cancel()
	}
	synctest.Wait()
	_ = m.runner.Close()
	ids, _ := m.driver.List(context.Background())
	for _, id := range ids {
		_ = m.driver.Destroy(context.Background(), id)
	}
}
