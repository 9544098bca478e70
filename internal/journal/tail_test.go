package journal

import (
	"testing"

	"pgregory.net/rapid"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// TestTail keeps the newest events, within its bounds, and lets go of the others. It hands out the next ones, a batch at a time.
func TestTail(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var tail tail
		var last uint64
		largest := rapid.IntRange(1, 300_000).Draw(t, "largest")
		size := func(sequence uint64) int { return 1 + int(sequence)*7919%largest }
		for range rapid.IntRange(1, 3000).Draw(t, "events") {
			last++
			tail.push(&clockworkv1.Event{Sequence: last}, size(last))
		}
		if len(tail.events) > tailEvents || (tail.bytes > tailBytes && len(tail.events) > 1) {
			t.Fatalf("%d events of %d bytes", len(tail.events), tail.bytes)
		}
		held := uint64(len(tail.events))
		for _, after := range []uint64{0, last - held, rapid.Uint64Range(0, last).Draw(t, "after"), last} {
			got := tail.after(after, last, nil)
			if some := after < last && last-after <= held; some != (len(got) > 0) {
				t.Fatalf("after %d of %d, of which %d are held: %d events", after, last, held, len(got))
			}
			bytes := 0
			for i, event := range got {
				if event.GetSequence() != after+1+uint64(i) || bytes >= batchBytes {
					t.Fatalf("event %d after %d is %d, behind %d bytes", i, after, event.GetSequence(), bytes)
				}
				bytes += size(event.GetSequence())
			}
			if next := after + uint64(len(got)); len(got) > 0 && next < last && bytes < batchBytes {
				t.Fatalf("only %d bytes after %d, though there are more", bytes, after)
			}
		}
	})
}
