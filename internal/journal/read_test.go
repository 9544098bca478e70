package journal_test

import (
	"context"
	"errors"
	"iter"
	"testing"

	"github.com/clockworkd/clockwork/internal/journal"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// collect returns all events, and the error that ended them.
func collect(events iter.Seq2[*clockworkv1.Event, error]) ([]*clockworkv1.Event, error) {
	var all []*clockworkv1.Event
	for event, err := range events {
		if err != nil {
			return all, err
		}
		all = append(all, event)
	}
	return all, nil
}

// mustCollect returns all events, of which none may be missing after a sequence number.
func mustCollect(tb testing.TB, events iter.Seq2[*clockworkv1.Event, error], after uint64) []*clockworkv1.Event {
	tb.Helper()
	all, err := collect(events)
	if err != nil {
		tb.Fatal(err)
	}
	for i, event := range all {
		if want := after + uint64(i) + 1; event.GetSequence() != want {
			tb.Fatalf("event %d where %d was due", event.GetSequence(), want)
		}
	}
	return all
}

func TestEventsFromEveryPoint(t *testing.T) {
	t.Parallel()
	j := open(t, t.TempDir())
	w := newWriter(t, j, "execution")
	append1(t, w, started(0, 1))
	output(t, w, 0, 1, []byte("one"))
	output(t, w, 0, 1, []byte("two"))
	append1(t, w, finished(0))
	check := func(t *testing.T, last uint64) {
		t.Helper()
		for after := range last + 1 {
			events := mustCollect(t, j.Events(t.Context(), "execution", after), after)
			if uint64(len(events)) != last-after {
				t.Errorf("after %d: %d events, want %d", after, len(events), last-after)
			}
		}
		if _, err := collect(j.Events(t.Context(), "execution", last+1)); !errors.Is(err, journal.ErrDataLoss) {
			t.Errorf("after the end: %v, want ErrDataLoss", err)
		}
	}
	check(t, 5)
	append1(t, w, ended())
	check(t, 6)
	if err := w.Append(context.Background(), started(0, 2)); err == nil {
		t.Error("an execution that has ended took a change")
	}
}

func TestUnknownExecution(t *testing.T) {
	t.Parallel()
	j := open(t, t.TempDir())
	ctx := t.Context()
	_, get := j.Get(ctx, "nobody")
	_, request := j.Request(ctx, "nobody")
	_, writer := j.Writer(ctx, "nobody")
	_, file := j.OpenFile(ctx, "nobody", 0, "a")
	_, events := collect(j.Events(ctx, "nobody", 0))
	_, follow := collect(j.Follow(ctx, "nobody", 0))
	for name, err := range map[string]error{
		"Get": get, "Request": request, "Writer": writer, "OpenFile": file, "Events": events, "Follow": follow,
	} {
		if !errors.Is(err, journal.ErrNotFound) {
			t.Errorf("%s: %v, want ErrNotFound", name, err)
		}
	}
}
