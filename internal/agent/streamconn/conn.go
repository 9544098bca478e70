package streamconn

import (
	"io"
	"net"
	"os"
	"sync"
	"time"
)

// conn is a net.Conn over a pair of streams.
type conn struct {
	io.Reader
	io.Writer
	address address
	end     func() error

	once sync.Once
	err  error
}

// New returns a connection that reads from in and writes to out. end is called once, by the first Close, and has to make reads and
// writes that are under way return; its error is Close's. name is what the connection's addresses say.
//
// Deadlines are not supported: setting one is os.ErrNoDeadline. gRPC, which the connection is for, has its own keepalive.
func New(name string, in io.Reader, out io.Writer, end func() error) net.Conn {
	return &conn{Reader: in, Writer: out, address: address(name), end: end}
}

// Close ends the streams, once.
func (c *conn) Close() error {
	c.once.Do(func() { c.err = c.end() })
	return c.err
}

// LocalAddr returns the connection's name.
func (c *conn) LocalAddr() net.Addr { return c.address }

// RemoteAddr returns the connection's name.
func (c *conn) RemoteAddr() net.Addr { return c.address }

// SetDeadline is not supported.
func (c *conn) SetDeadline(time.Time) error { return os.ErrNoDeadline }

// SetReadDeadline is not supported.
func (c *conn) SetReadDeadline(time.Time) error { return os.ErrNoDeadline }

// SetWriteDeadline is not supported.
func (c *conn) SetWriteDeadline(time.Time) error { return os.ErrNoDeadline }

// address is the name of what the streams belong to.
type address string

// Network says that this is no network's address.
func (address) Network() string { return "stream" }

// String returns the name.
func (a address) String() string { return string(a) }
