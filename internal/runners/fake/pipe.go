package fake

import (
	"context"
	"io"
	"os"
	"sync"
	"time"

	"github.com/clockworkd/clockwork/internal/agent/process"
)

// pipe is what processes print to. Its reader sees the end when all of them have ended.
type pipe struct {
	data   chan []byte
	ended  chan struct{} // closed when the last writer is
	closed chan struct{} // closed when the reader is
	hangUp func()

	mu       sync.Mutex
	writers  int
	rest     []byte        // what was printed and not read
	deadline *time.Timer   // closes expired
	expired  chan struct{} // replaced when the deadline moves after it struck
}

var _ process.Output = (*pipe)(nil)

func newPipe() *pipe {
	closed := make(chan struct{})
	return &pipe{
		data: make(chan []byte), ended: make(chan struct{}), expired: make(chan struct{}),
		closed: closed, hangUp: sync.OnceFunc(func() { close(closed) }),
	}
}

// open adds a writer. A pipe that has ended is not opened again: only what is alive starts children.
func (p *pipe) open() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.writers++
}

// close takes a writer away.
func (p *pipe) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.writers--; p.writers == 0 {
		close(p.ended)
	}
}

// Read returns what was written next.
func (p *pipe) Read(b []byte) (int, error) {
	if n := p.take(b, nil); n > 0 {
		return n, nil
	}
	p.mu.Lock()
	expired := p.expired
	p.mu.Unlock()
	select {
	case printed := <-p.data:
		return p.take(b, printed), nil
	case <-p.closed:
		return 0, io.ErrClosedPipe
	case <-p.ended:
		return 0, io.EOF
	case <-expired:
		return 0, os.ErrDeadlineExceeded
	}
}

// take adds what was printed to the rest, and takes as much of that as fits.
func (p *pipe) take(b, printed []byte) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.rest = append(p.rest, printed...)
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n
}

// Pending returns how much was printed and not read.
func (p *pipe) Pending() (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.rest), nil
}

// SetReadDeadline bounds the Read that waits and those to come; the zero time does not.
func (p *pipe) SetReadDeadline(deadline time.Time) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.deadline != nil && !p.deadline.Stop() {
		<-p.expired // the timer has struck
	}
	p.deadline = nil
	struck := isClosed(p.expired)
	left := time.Until(deadline)
	switch {
	case !deadline.IsZero() && left <= 0:
		if !struck {
			close(p.expired)
		}
		return nil
	case struck:
		p.expired = make(chan struct{})
	}
	if !deadline.IsZero() {
		expired := p.expired
		p.deadline = time.AfterFunc(left, func() { close(expired) })
	}
	return nil
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// Close has every write fail from now on.
func (p *pipe) Close() error {
	p.hangUp()
	return nil
}

// writer returns the end that a process writes to. The process's death ends a write that waits for a reader.
func (p *pipe) writer(process context.Context) io.Writer {
	return writer(func(b []byte) (int, error) {
		if err := process.Err(); err != nil {
			return 0, err
		}
		select {
		case p.data <- append([]byte(nil), b...):
			return len(b), nil
		case <-p.closed:
			return 0, io.ErrClosedPipe
		case <-process.Done():
			return 0, process.Err()
		}
	})
}

type writer func([]byte) (int, error)

// Write calls the function, unless there is nothing to write.
func (w writer) Write(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	return w(b)
}
