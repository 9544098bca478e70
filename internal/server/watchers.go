package server

import (
	"errors"
	"sync/atomic"
)

// errTooManyWatchers refuses a stream of events.
var errTooManyWatchers = errors.New("too many streams of events are open: end some, or raise limits.watchers")

// watchers counts the streams of events. Each may hold some memory for as long as its reader stands still.
type watchers struct{ open atomic.Int64 }

// admit takes one of at most so many places, which the caller gives back by leave.
func (w *watchers) admit(most int) (leave func(), err error) {
	leave = func() { w.open.Add(-1) }
	if w.open.Add(1) > int64(most) {
		leave()
		return nil, errTooManyWatchers
	}
	return leave, nil
}
