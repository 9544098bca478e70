package process

import (
	"errors"
	"os"
	"sync"
	"time"

	"github.com/clockworkd/clockwork/internal/agent/spool"
)

// pump moves one output of a process into a spool. When the output ends, or when it is cut off after the end of the process, it seals the
// spool; what is printed after that it reads and discards, so that nobody who prints it stands still or dies of SIGPIPE.
type pump struct {
	from    Output
	to      *spool.Spool
	discard func(bytes int)
	sealed  chan struct{} // closed with the seal
}

// Most processes print little, and those that print nothing shall cost nothing.
const (
	smallBuffer = 4 << 10
	largeBuffer = 64 << 10
)

var (
	smallBuffers = sync.Pool{New: func() any { return new([smallBuffer]byte) }}
	largeBuffers = sync.Pool{New: func() any { return new([largeBuffer]byte) }}
)

// Deadlines of an Output.
var (
	noDeadline = time.Time{}
	past       = time.Unix(1, 0)
)

func newPump(from Output, to *spool.Spool, discard func(bytes int)) *pump {
	return &pump{from: from, to: to, discard: discard, sealed: make(chan struct{})}
}

// run returns when nobody can print any more, or when the output or the spool was closed.
func (p *pump) run() {
	buffer := smallBuffers.Get().(*[smallBuffer]byte) //nolint:errcheck // nothing else is in there
	defer smallBuffers.Put(buffer)
	p.keep(buffer[:])
	p.to.Seal()
	close(p.sealed)
	p.drop(buffer[:])
	_ = p.from.Close() // nothing was written, so nothing can be lost
}

// cut makes the pump seal the spool, after what is in the pipe at this moment.
func (p *pump) cut() {
	_ = p.from.SetReadDeadline(past) // it was closed: the pump has ended
}

// keep moves bytes until the end or the cut.
func (p *pump) keep(buffer []byte) {
	for {
		n, err := p.move(buffer)
		if n == len(buffer) && err == nil {
			err = p.keepMuch()
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			p.keepPending(buffer)
		}
		if err != nil {
			return
		}
	}
}

// keepMuch moves bytes with a large buffer as long as there is more than a small one can take.
func (p *pump) keepMuch() error {
	buffer := largeBuffers.Get().(*[largeBuffer]byte) //nolint:errcheck // nothing else is in there
	defer largeBuffers.Put(buffer)
	for {
		n, err := p.move(buffer[:])
		if err != nil || n <= smallBuffer {
			return err
		}
	}
}

// keepPending moves what is in the pipe at this moment. Everything that the process itself printed is among it.
func (p *pump) keepPending(buffer []byte) {
	pending, err := p.from.Pending()
	if err != nil || p.from.SetReadDeadline(noDeadline) != nil {
		return
	}
	for pending > 0 {
		n, err := p.move(buffer[:min(pending, len(buffer))])
		if err != nil {
			return
		}
		pending -= n
	}
}

// move reads once.
func (p *pump) move(buffer []byte) (int, error) {
	n, err := p.from.Read(buffer)
	if n > 0 {
		if failed := p.to.Append(buffer[:n]); failed != nil {
			return n, failed
		}
	}
	return n, err
}

// drop reads on for the sake of those who still print.
func (p *pump) drop(buffer []byte) {
	for {
		n, err := p.from.Read(buffer)
		p.discard(n)
		if err != nil {
			return
		}
	}
}
