package journal

import clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"

// What a tail holds at most. A reader within it needs no disk.
const (
	tailBytes  = 1 << 20
	tailEvents = 1024
)

// tail holds an execution's newest events, without gap.
type tail struct {
	events []*clockworkv1.Event
	sizes  []int
	bytes  int
}

// push adds the newest event, and drops the oldest ones if it must.
func (t *tail) push(event *clockworkv1.Event, size int) {
	t.events = append(t.events, event)
	t.sizes = append(t.sizes, size)
	t.bytes += size
	drop := 0
	for drop < len(t.events)-1 && (t.bytes > tailBytes || len(t.events)-drop > tailEvents) {
		t.bytes -= t.sizes[drop]
		drop++
	}
	clear(t.events[:drop]) // the array lives on, and must not keep them
	t.events, t.sizes = t.events[drop:], t.sizes[drop:]
}

// after appends to batch the next events after a sequence number, as many as a reader takes at once, given that the newest one is last.
// Where the tail does not reach back so far, it appends none.
func (t *tail) after(sequence, last uint64, batch []*clockworkv1.Event) []*clockworkv1.Event {
	missing := last - sequence
	if missing > uint64(len(t.events)) {
		return batch
	}
	first := len(t.events) - int(missing)
	for i, bytes := first, 0; i < len(t.events) && bytes < batchBytes; i++ {
		batch = append(batch, t.events[i])
		bytes += t.sizes[i]
	}
	return batch
}
