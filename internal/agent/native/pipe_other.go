//go:build !linux

package native

import "syscall"

// makePipe makes a pipe that no process inherits unasked.
func makePipe(ends *[2]int) error {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	if err := syscall.Pipe(ends[:]); err != nil {
		return err
	}
	syscall.CloseOnExec(ends[0])
	syscall.CloseOnExec(ends[1])
	return nil
}

// countReadable is FIONREAD: _IOR('f', 127, int) in sys/filio.h of macOS and FreeBSD.
const countReadable = 0x4004667f
