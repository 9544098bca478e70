package main

import (
	"fmt"
	"sync"

	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
)

// messages are lines for the person, beside what was asked for. They go to standard error, or above the live view where
// both are on the terminal. They are safe for concurrent use.
type messages struct {
	mu   sync.Mutex
	live render.Live
}

// say writes a message.
func (a *app) say(format string, args ...any) {
	line := fmt.Sprintf("clockworkctl: "+format, args...)
	a.messages.mu.Lock()
	defer a.messages.mu.Unlock()
	if a.messages.live != nil && isTerminal(a.stderr) && a.messages.live.Above(line) {
		return
	}
	fmt.Fprintln(a.stderr, line)
}

// showing makes messages appear above what a renderer draws in place, if it does.
func (m *messages) showing(renderer render.Renderer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.live, _ = renderer.(render.Live)
}

// broken shows that the stream of events broke.
func (m *messages) broken(cause error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.live != nil {
		m.live.Broken(cause)
	}
}
