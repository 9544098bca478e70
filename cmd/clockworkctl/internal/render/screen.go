package render

import "github.com/clockworkd/clockwork/cmd/clockworkctl/internal/terminal"

// Screen is what is known of the place where text goes.
type Screen struct {
	// Terminal tells that a terminal reads it, which obeys what it reads: steps must not steer it.
	Terminal bool
	// Colours tells that colours are wanted where there is a terminal.
	Colours bool
	// UTF8 tells that the terminal shows more than ASCII.
	UTF8 bool
	// Device is the terminal as what can be drawn on in place; nil: it cannot.
	Device terminal.Device
	// Command is how clockworkctl is called to reach the same daemon.
	Command string
}

// guarded tells whether text of a format goes to a terminal. Who asks for tty has one.
func (s Screen) guarded(format Format) bool {
	return s.Terminal || format == TTY
}
