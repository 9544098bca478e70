package fake

import (
	"context"
	"io"
	"sync"
)

// pipe is what processes print to. Its reader sees the end when all of them have ended.
type pipe struct {
	data   chan []byte
	rest   []byte        // what the reader has not taken yet
	ended  chan struct{} // closed when the last writer is
	closed chan struct{} // closed when the reader is
	hangUp func()

	mu      sync.Mutex
	writers int
}

func newPipe() *pipe {
	closed := make(chan struct{})
	return &pipe{
		data: make(chan []byte), ended: make(chan struct{}),
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
	if len(p.rest) == 0 {
		select {
		case p.rest = <-p.data:
		case <-p.closed:
			return 0, io.ErrClosedPipe
		case <-p.ended:
			return 0, io.EOF
		}
	}
	n := copy(b, p.rest)
	p.rest = p.rest[n:]
	return n, nil
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
