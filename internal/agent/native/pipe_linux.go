package native

import (
	"syscall"

	"golang.org/x/sys/unix"
)

// makePipe makes a pipe that no process inherits unasked.
func makePipe(ends *[2]int) error { return syscall.Pipe2(ends[:], syscall.O_CLOEXEC) }

// countReadable is FIONREAD, under the name that it has for terminals; see ioctl_tty(2).
const countReadable = unix.TIOCINQ
