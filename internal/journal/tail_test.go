package journal

import (
	"testing"

	"pgregory.net/rapid"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// TestTail keeps the newest events, within its bounds, and lets go of the others.
func TestTail(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var tail tail
		var last uint64
		largest := rapid.IntRange(1, 300_000).Draw(t, "largest")
		for range rapid.IntRange(1, 3000).Draw(t, "events") {
			last++
			tail.push(&clockworkv1.Event{Sequence: last}, 1+int(last)*7919%largest)
		}
		if len(tail.events) > tailEvents || (tail.bytes > tailBytes && len(tail.events) > 1) {
			t.Fatalf("%d events of %d bytes", len(tail.events), tail.bytes)
		}
		held := uint64(len(tail.events))
		for _, after := range []uint64{0, last - held, rapid.Uint64Range(0, last).Draw(t, "after"), last} {
			got := tail.after(after, last, nil)
			want := last - after
			if want > held {
				want = 0
			}
			if uint64(len(got)) != want || (want > 0 && got[0].GetSequence() != after+1) {
				t.Fatalf("after %d of %d, of which %d are held: %d events", after, last, held, len(got))
			}
		}
	})
}
