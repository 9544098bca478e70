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

var errNoListener = fmt.Errorf("%w: it does not listen any more", agent.ErrGone)

// dial opens a connection. Once the listener is closed nobody will ever listen again.
func (l *listener) dial(ctx context.Context) (net.Conn, error) {
	near, far := net.Pipe()
	if !l.add(near, far) {
		return nil, errNoListener
	}
	select {
	case l.incoming <- far:
		return near, nil
	case <-l.closed:
		_ = near.Close() // nobody has it
		return nil, errNoListener
	case <-ctx.Done():
		_ = near.Close()
		return nil, ctx.Err()
	}
}

// add keeps connections for cut, unless the listener is closed: then there must be no new ones.
func (l *listener) add(conns ...net.Conn) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if isClosed(l.closed) {
		return false
	}
	l.conns = append(l.conns, conns...)
	return true
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
	l.mu.Lock()
	defer l.mu.Unlock()
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
