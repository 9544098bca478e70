package harness

import (
	"testing"
	"time"
)

// Patience is how long anything may take that should happen at once. Machines that run tests can be slow.
const Patience = 30 * time.Second

// Eventually waits until a condition holds, and fails the test if it does not within the time.
func Eventually(t *testing.T, within time.Duration, what string, condition func() bool) {
	t.Helper()
	if !Within(within, condition) {
		t.Fatalf("%s: not within %v", what, within)
	}
}

// Within waits until a condition holds and tells whether it did within the time. It looks at least once.
func Within(within time.Duration, condition func() bool) bool {
	deadline := time.NewTimer(within)
	defer deadline.Stop()
	again := time.NewTicker(10 * time.Millisecond)
	defer again.Stop()
	for !condition() {
		select {
		case <-again.C:
		case <-deadline.C:
			return condition()
		}
	}
	return true
}
