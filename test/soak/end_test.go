package soak

import (
	"fmt"
	"os"
	"testing"

	"github.com/clockworkd/clockwork/client"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// checkAll asks the daemon, after all its restarts, for everything again: it must be what it was.
func (s *soak) checkAll(t *testing.T) {
	t.Helper()
	c, err := client.Dial(t.Context(), s.daemon.Address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	listed := map[string]clockworkv1.ExecutionStatus{}
	for execution, err := range c.List(t.Context(), &clockworkv1.ListExecutionsRequest{}) {
		if err != nil {
			t.Fatal(err)
		}
		listed[execution.GetId()] = execution.GetStatus()
	}
	if len(listed) != len(s.outcomes) {
		t.Errorf("%d executions are listed, %d were started", len(listed), len(s.outcomes))
	}
	lost := 0
	for _, outcome := range s.outcomes {
		if outcome.lost {
			lost++
		}
		if got := listed[outcome.id]; got != outcome.status {
			t.Errorf("execution %d (%s) is listed as %v, it had ended as %v", outcome.index, outcome.id, got, outcome.status)
		}
		if err := sameAgain(t, c, outcome); err != nil {
			t.Errorf("execution %d (%s): %v", outcome.index, outcome.id, err)
		}
	}
	if lost > s.chaos.price {
		t.Errorf("%d executions lost their sandbox, but the faults may have cost only %d", lost, s.chaos.price)
	}
}

// sameAgain watches a finished execution once more. Its events must be those that were seen live.
func sameAgain(t *testing.T, c *client.Client, known outcome) error {
	t.Helper()
	again := newTranscript(0)
	for event, err := range c.Watch(t.Context(), known.id, 0) {
		if err != nil {
			return err
		}
		if err := again.inOrder(event); err != nil {
			return err
		}
	}
	if again.last != known.last || again.sum() != known.sum {
		return fmt.Errorf("its %d events are not the %d that were seen live", again.last, known.last)
	}
	return nil
}

// checkNothingLeft has the daemon drain, after which nothing of any sandbox may be left.
func (s *soak) checkNothingLeft(t *testing.T) {
	t.Helper()
	if !harness.Within(harness.Patience, func() bool { return len(s.kind.Sandboxes(t)) <= warm }) {
		t.Errorf("left beside the %d warm sandboxes: %q", warm, s.kind.Sandboxes(t))
	}
	s.daemon.Stop(t).Want(t, 0)
	if left := append(s.kind.Sandboxes(t), s.kind.Left(t)...); len(left) > 0 {
		t.Errorf("left when the daemon had drained: %q", left)
	}
	if _, err := os.Stat(s.daemon.Socket); err == nil {
		t.Errorf("the socket is left: %s", s.daemon.Socket)
	}
}
