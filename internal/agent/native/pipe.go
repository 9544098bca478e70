package native

import (
	"fmt"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// pipe is what a process prints into. Its reading end does not block, so it costs no thread while nothing is printed.
type pipe struct {
	reader *output
	writer int
}

// output is the reading end of a pipe.
type output struct{ *os.File }

func newPipe(name string) (*pipe, error) {
	var ends [2]int
	if err := makePipe(&ends); err != nil {
		return nil, fmt.Errorf("cannot make a pipe for %s: %w", name, err)
	}
	if err := syscall.SetNonblock(ends[0], true); err != nil {
		return nil, fmt.Errorf("cannot make a pipe for %s: %w", name, err)
	}
	return &pipe{reader: &output{os.NewFile(uintptr(ends[0]), name)}, writer: ends[1]}, nil
}

func (p *pipe) closeWriter() { _ = syscall.Close(p.writer) }

func (p *pipe) closeReader() { _ = p.reader.Close() }

// Pending returns how many bytes are in the pipe.
func (o *output) Pending() (pending int, err error) {
	conn, err := o.SyscallConn()
	if err != nil {
		return 0, err
	}
	controlled := conn.Control(func(fd uintptr) { pending, err = unix.IoctlGetInt(int(fd), countReadable) })
	if controlled != nil {
		return 0, controlled
	}
	return pending, err
}
