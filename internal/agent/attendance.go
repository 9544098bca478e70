package agent

import (
	"net"
	"sync"
	"time"
)

// attendance knows whether anybody is connected, and since when nobody is.
type attendance struct {
	mu        sync.Mutex
	connected int
	since     time.Time
}

func newAttendance() *attendance { return &attendance{since: time.Now()} }

// absence returns for how long nobody has been connected; 0 while somebody is.
func (a *attendance) absence() time.Duration {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.connected > 0 {
		return 0
	}
	return time.Since(a.since)
}

func (a *attendance) count(change int) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.connected += change
	a.since = time.Now()
}

// attended is a listener whose connections are counted.
type attended struct {
	net.Listener
	attendance *attendance
}

func (l attended) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	l.attendance.count(1)
	return &attendant{Conn: conn, leave: sync.OnceFunc(func() { l.attendance.count(-1) })}, nil
}

// attendant is a connection that counts until it is closed, which grpc does more than once.
type attendant struct {
	net.Conn
	leave func()
}

func (c *attendant) Close() error {
	c.leave()
	return c.Conn.Close()
}
