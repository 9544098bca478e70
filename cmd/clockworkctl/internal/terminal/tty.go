package terminal

import (
	"os"
	"os/signal"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// TTY is the terminal that a file is. It belongs to one goroutine.
type TTY struct {
	file *os.File
	// before are the modes to go back to; nil: the echo is as it was found.
	before *unix.Termios
}

// Open returns the terminal that a file is, or false if it is none that obeys what a Screen writes.
func Open(file *os.File) (*TTY, bool) {
	t := &TTY{file: file}
	if kind := os.Getenv("TERM"); kind == "" || kind == "dumb" {
		return nil, false
	}
	columns, rows := t.Size()
	return t, columns > 0 && rows > 0
}

// Write is part of Device.
func (t *TTY) Write(p []byte) (int, error) {
	return t.file.Write(p)
}

// Size is part of Device. What is no terminal has none.
func (t *TTY) Size() (columns, rows int) {
	size, err := unix.IoctlGetWinsize(int(t.file.Fd()), unix.TIOCGWINSZ)
	if err != nil {
		return 0, 0
	}
	return int(size.Col), int(size.Row)
}

// Foreground is part of Device. A terminal that is not this session's has nobody else to draw on it.
func (t *TTY) Foreground() bool {
	group, err := unix.IoctlGetInt(int(t.file.Fd()), unix.TIOCGPGRP)
	return err != nil || group == unix.Getpgrp()
}

// Wraps is part of Device. Only a few terminals cut: xterm, GNU screen, the console of Linux.
func (t *TTY) Wraps() bool {
	inScreen := os.Getenv("STY") != "" && os.Getenv("TMUX") == ""
	return os.Getenv("XTERM_VERSION") == "" && !inScreen && os.Getenv("TERM") != "linux"
}

// Mute is part of Device. From the background it does nothing: the kernel would stop the process.
func (t *TTY) Mute() {
	if t.before != nil || !t.Foreground() {
		return
	}
	modes, err := unix.IoctlGetTermios(int(t.file.Fd()), unix.TCGETS)
	if err != nil || modes.Lflag&unix.ECHO == 0 {
		return
	}
	muted := *modes
	muted.Lflag &^= unix.ECHO
	if unix.IoctlSetTermios(int(t.file.Fd()), unix.TCSETS, &muted) == nil {
		t.before = modes
	}
}

// Unmute is part of Device. A shell that took the terminal meanwhile has set its own modes.
func (t *TTY) Unmute() {
	if t.before != nil && t.Foreground() {
		_ = unix.IoctlSetTermios(int(t.file.Fd()), unix.TCSETS, t.before)
	}
	t.before = nil
}

// Signals is part of Device. Those that ask the command to end are not among them: it ends in good order.
func (t *TTY) Signals() (signals <-chan os.Signal, release func()) {
	caught := make(chan os.Signal, 1)
	for _, s := range []os.Signal{syscall.SIGTSTP, syscall.SIGHUP, syscall.SIGQUIT} {
		if !signal.Ignored(s) { // as nohup does
			signal.Notify(caught, s)
		}
	}
	return caught, func() { signal.Stop(caught) }
}

// Obey is part of Device. A stop has the same effect as SIGSTOP, which needs no handler to be taken away. The signal is
// sent to this thread, because one that is sent to the process may take its effect later.
func (t *TTY) Obey(s os.Signal) {
	which, ok := s.(syscall.Signal)
	switch {
	case !ok:
		return
	case which == syscall.SIGTSTP:
		which = syscall.SIGSTOP
	default:
		signal.Reset(which)
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	_ = unix.Tgkill(unix.Getpid(), unix.Gettid(), which)
}
