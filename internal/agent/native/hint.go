package native

import "sync"

// hint tells everybody who waits that something has changed.
type hint struct {
	mu     sync.Mutex
	signal chan struct{} // nil: nobody waits
}

func newHint() *hint { return &hint{} }

// next is closed at the next change.
func (h *hint) next() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.signal == nil {
		h.signal = make(chan struct{})
	}
	return h.signal
}

func (h *hint) give() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.signal != nil {
		close(h.signal)
		h.signal = nil
	}
}
