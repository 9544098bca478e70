package link

import (
	"net"
	"sync/atomic"
	"time"
)

// hearing is a connection that remembers when it last brought something.
type hearing struct {
	net.Conn
	last atomic.Int64 // nanoseconds since began
	from time.Time    // with a monotonic clock
}

func hear(conn net.Conn) *hearing { return &hearing{Conn: conn, from: time.Now()} }

// Read notes that something came.
func (h *hearing) Read(p []byte) (int, error) {
	n, err := h.Conn.Read(p)
	if n > 0 {
		h.last.Store(int64(time.Since(h.from)))
	}
	return n, err
}

// silence is how long nothing has come.
func (h *hearing) silence() time.Duration {
	return time.Since(h.from) - time.Duration(h.last.Load())
}
