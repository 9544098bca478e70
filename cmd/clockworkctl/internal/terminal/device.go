package terminal

import (
	"io"
	"os"
)

// Device is a terminal as a Screen needs it.
type Device interface {
	io.Writer
	// Size is how many columns and rows there are now.
	Size() (columns, rows int)
	// Foreground tells whether the terminal is this process's to draw on, and not that of a shell which it left with Ctrl-Z or "&".
	Foreground() bool
	// Wraps tells whether lines that are too long after the window got narrower are wrapped, and not cut.
	Wraps() bool
	// Mute stops the echo of what is typed, up to Unmute: it would move the cursor. Both may be called at any time.
	Mute()
	Unmute()
	// Signals are those upon which the terminal has to be given back before they take their effect, by Obey. Release ends
	// them.
	Signals() (signals <-chan os.Signal, release func())
	// Obey lets a signal take the effect that it has on a process without a handler. It returns if that was a stop, once
	// the process goes on.
	Obey(signal os.Signal)
}
