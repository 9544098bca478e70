package ssh

import (
	"strings"
	"sync"
)

// ending keeps the end of what is written to it.
type ending struct {
	limit int

	mu   sync.Mutex
	kept []byte
}

// Write never fails.
func (e *ending) Write(p []byte) (int, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.kept = append(e.kept, p...)
	if surplus := len(e.kept) - e.limit; surplus > 0 {
		e.kept = append(e.kept[:0], e.kept[surplus:]...)
	}
	return len(p), nil
}

// text returns what was kept, without blanks around it.
func (e *ending) text() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return strings.TrimSpace(strings.ToValidUTF8(string(e.kept), "?"))
}
