package terminaltest

import (
	"os"
	"syscall"
)

// Size is part of terminal.Device.
func (e *Emulator) Size() (columns, rows int) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.width, e.height
}

// Foreground is part of terminal.Device.
func (e *Emulator) Foreground() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return !e.background
}

// SetForeground gives the terminal to the process, or takes it away.
func (e *Emulator) SetForeground(foreground bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.background = !foreground
}

// Wraps is part of terminal.Device.
func (e *Emulator) Wraps() bool {
	return true
}

// Mute is part of terminal.Device.
func (e *Emulator) Mute() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.muted = true
}

// Unmute is part of terminal.Device.
func (e *Emulator) Unmute() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.muted = false
}

// Signals is part of terminal.Device: what Signal sends.
func (e *Emulator) Signals() (signals <-chan os.Signal, release func()) {
	return e.signals, func() {}
}

// Signal sends a signal to the process.
func (e *Emulator) Signal(signal os.Signal) {
	e.signals <- signal
}

// Obey is part of terminal.Device. It takes note of the signal and of the terminal's state. Whoever is stopped finds itself
// in the background afterwards, as after the shell's bg.
func (e *Emulator) Obey(signal os.Signal) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.obeyed = append(e.obeyed, signal)
	e.background = signal == syscall.SIGTSTP
	if e.muted || e.hidden || e.noWrap || e.frame {
		e.fault("the terminal was not given back before " + signal.String())
	}
}

// Obeyed are the signals that had their effect.
func (e *Emulator) Obeyed() []os.Signal {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.obeyed
}

// Bytes is how many bytes were written so far.
func (e *Emulator) Bytes() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.bytes
}

// Faults are what should not have been written.
func (e *Emulator) Faults() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.faults
}

// GivenBack tells whether the terminal is as a shell wants it: echo on, cursor visible, lines wrapped.
func (e *Emulator) GivenBack() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return !e.muted && !e.hidden && !e.noWrap && !e.frame
}
