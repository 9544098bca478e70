package runners

import (
	"context"
	"errors"
	"testing"
)

func TestLocksGiveUpWithTheirContext(t *testing.T) {
	t.Parallel()
	var l Locks
	unlock, err := l.Lock(t.Context(), "one")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Lock(ctx, "one"); !errors.Is(err, context.Canceled) {
		t.Errorf("Lock: %v, want that of its context", err)
	}
	other, err := l.Lock(ctx, "two")
	if err != nil {
		t.Fatal(err)
	}
	other()
	unlock()
	again, err := l.Lock(t.Context(), "one")
	if err != nil {
		t.Fatal(err)
	}
	again()
}
