package native

import (
	"slices"
	"sync"
)

// leftovers are the processes that have ended and whose cgroup is not empty.
type leftovers struct {
	mu  sync.Mutex
	all []*handle
}

// add notes a process that has ended.
func (l *leftovers) add(h *handle) {
	if h.stay.Leave() {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, h)
}

// makeRoom ends what runs into the limit of processes though the step that has left it is over: nothing could be started beside it.
func (l *leftovers) makeRoom() {
	l.mu.Lock()
	l.all = slices.DeleteFunc(l.all, func(h *handle) bool { return h.stay.Leave() })
	all := slices.Clone(l.all)
	l.mu.Unlock()
	for _, h := range all {
		if h.stay.Overflows() {
			h.Kill()
		}
	}
}
