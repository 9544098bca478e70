package runners_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/clockworkd/clockwork/internal/runners/fake"
)

// Idle sandboxes that have died are replaced while nobody waits for them.
func TestDeadIdleSandboxesAreFoundInTime(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		d := fake.New(t.TempDir())
		r := newRunner(t, d, pool(2, 8))
		r.Start(keepNothing)
		synctest.Wait()
		before := list(t, d)
		d.Lose(before[0])
		elapse(2 * time.Minute)
		checkStatus(t, r, 2, 0, 0, 0)
		after := list(t, d)
		if len(after) != 2 || slices.Contains(after, before[0]) || !slices.Contains(after, before[1]) {
			t.Errorf("of the sandboxes %q the first has died; now there are %q", before, after)
		}
		lease := acquire(t, r)
		if !lease.Warm {
			t.Error("a lease had to wait for a new sandbox")
		}
		release(t, lease)
	})
}
