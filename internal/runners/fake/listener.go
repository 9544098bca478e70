package fake

import (
	"context"
	"fmt"
	"net"
	"sync"

	"github.com/clockworkd/clockwork/internal/agent"
)

// listener is a net.Listener whose connections are pipes in memory.
type listener struct {
	incoming chan net.Conn
	closed   chan struct{}
	close    func()

	mu    sync.Mutex
	conns []net.Conn
}

func newListener() *listener {
	closed := make(chan struct{})
	return &listener{
		incoming: make(chan net.Conn),
		closed:   closed,
		close:    sync.OnceFunc(func() { close(closed) }),
	}
}

// dial opens a connection. Once the listener is closed nobody will ever listen again.
func (l *listener) dial(ctx context.Context) (net.Conn, error) {
	near, far := net.Pipe()
	l.mu.Lock()
	l.conns = append(l.conns, near, far)
	l.mu.Unlock()
	select {
	case l.incoming <- far:
		return near, nil
	case <-l.closed:
		_ = near.Close() // nobody has it
		return nil, fmt.Errorf("%w: it does not listen any more", agent.ErrGone)
	case <-ctx.Done():
		_ = near.Close()
		return nil, ctx.Err()
	}
}

// cut closes every connection there is.
func (l *listener) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, conn := range l.conns {
		_ = conn.Close() // it does not fail
	}
	l.conns = nil
}

// Accept waits for the next connection.
func (l *listener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.incoming:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept and every dial.
func (l *listener) Close() error {
	l.close()
	return nil
}

// Addr names the listener.
func (l *listener) Addr() net.Addr { return addr{} }

type addr struct{}

// Network returns the name of the network.
func (addr) Network() string { return "memory" }

// String returns the address.
func (addr) String() string { return "memory" }
