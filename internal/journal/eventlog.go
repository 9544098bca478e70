package journal

import (
	"sync"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// eventLog is one execution's row of events, as far as this process must know it: where it ends, what is new in it, and where
// in the output file to find the rest. While the execution goes on there is one of it, in Journal.logs.
type eventLog struct {
	id     string
	number int64
	// loaded is closed when load has set what follows, or failure.
	loaded  chan struct{}
	failure error

	// turn holds a token while a write is under way. Who holds it may use output.
	turn   chan struct{}
	output outputFile

	mu sync.Mutex
	// damage is why output cannot go on: events before the newest one are not on the disk; nil: it can. It changes no more once loaded.
	damage error
	// hasWriter says that somebody has the Writer.
	hasWriter bool
	// last is the newest sequence number that readers may see; size is how much of the output file they may read.
	last uint64
	size int64
	// ended says that last is the execution's last one.
	ended bool
	marks marks
	ends  map[streamKey]uint64
	tail  tail
	// changed is closed when something is published; nil while nobody waits.
	changed chan struct{}
}

// streamKey names one of an attempt's outputs.
type streamKey struct {
	step, attempt uint32
	stream        clockworkv1.Stream
}

func newEventLog(id string) *eventLog {
	return &eventLog{id: id, loaded: make(chan struct{}), turn: make(chan struct{}, 1), ends: make(map[streamKey]uint64)}
}

// published is an event that is recorded as promised, with its size.
type published struct {
	event *clockworkv1.Event
	size  int
}

// publish shows recorded events to the readers.
func (l *eventLog) publish(ended bool, events ...published) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range events {
		l.last = e.event.GetSequence()
		l.noteEnd(e.event)
		l.tail.push(e.event, e.size)
	}
	l.size = l.output.size
	l.ended = l.ended || ended
	if l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// noteEnd remembers where a stream goes on behind what an event holds of it, or says is missing.
func (l *eventLog) noteEnd(event *clockworkv1.Event) {
	switch kind := event.GetKind().(type) {
	case *clockworkv1.Event_Output:
		o := kind.Output
		l.extend(streamKey{o.GetStepIndex(), o.GetAttempt(), o.GetStream()}, o.GetOffset()+uint64(len(o.GetData())))
	case *clockworkv1.Event_OutputDropped:
		o := kind.OutputDropped
		l.extend(streamKey{o.GetStepIndex(), o.GetAttempt(), o.GetStream()}, o.GetOffset()+o.GetBytes())
	}
}

func (l *eventLog) extend(key streamKey, end uint64) {
	l.ends[key] = max(l.ends[key], end)
}

// view is what a reader sees of a log at one moment.
type view struct {
	last  uint64
	size  int64
	ended bool
	// events follow the reader's place, if it lies within the tail.
	events []*clockworkv1.Event
	// changed is closed when there is more; it is set only where the reader has seen everything.
	changed <-chan struct{}
}

// viewAfter looks at the log from a reader's place. The events are appended to batch.
func (l *eventLog) viewAfter(sequence uint64, batch []*clockworkv1.Event) view {
	l.mu.Lock()
	defer l.mu.Unlock()
	v := view{last: l.last, size: l.size, ended: l.ended, events: batch}
	switch {
	case sequence < l.last:
		v.events = l.tail.after(sequence, l.last, batch)
	case sequence == l.last && !l.ended:
		if l.changed == nil {
			l.changed = make(chan struct{})
		}
		v.changed = l.changed
	}
	return v
}

// find returns where to begin reading the output file for events from a sequence number on.
func (l *eventLog) find(sequence uint64) int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.marks.find(sequence)
}

func (l *eventLog) lastSequence() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

func (l *eventLog) outputSize() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.size
}
