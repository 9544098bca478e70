package render

// Screen is what is known of the place where text goes.
type Screen struct {
	// Terminal tells that a terminal reads it, which obeys what it reads: steps must not steer it.
	Terminal bool
	// Colours tells that colours are wanted where there is a terminal.
	Colours bool
}

// guarded tells whether text of a format goes to a terminal. Who asks for tty has one.
func (s Screen) guarded(format Format) bool {
	return s.Terminal || format == TTY
}
