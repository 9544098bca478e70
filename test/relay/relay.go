package relay

import (
	"errors"
	"net"
	"sync"
	"time"
)

// Relay passes on what comes in at Addr to a target, and back.
type Relay struct {
	target   string
	listener net.Listener
	work     sync.WaitGroup

	mu     sync.Mutex
	state  state
	delay  time.Duration
	moved  chan struct{} // closed when the state changes
	open   map[net.Conn]struct{}
	closed bool
	count  int
}

// state is how the line is.
type state int

const (
	whole state = iota
	// cut refuses: connections are reset, and new ones end at once.
	cut
	// silent swallows: connections stay as they are, and nothing comes through.
	silent
)

// New returns a Relay to host:port.
func New(target string) (*Relay, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	r := &Relay{target: target, listener: listener, moved: make(chan struct{}), open: make(map[net.Conn]struct{})}
	r.work.Go(r.accept)
	return r, nil
}

// Addr is where it listens, as host:port.
func (r *Relay) Addr() string { return r.listener.Addr().String() }

// Connections counts all that ever came in.
func (r *Relay) Connections() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.count
}

// Delay makes everything arrive later by this, each way.
func (r *Relay) Delay(d time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.delay = d
}

// Reset breaks all connections. New ones are passed on.
func (r *Relay) Reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.breakAll()
}

// Cut breaks all connections, and every new one, until Mend.
func (r *Relay) Cut() { r.become(cut) }

// Silence lets nothing through any more, and tells nobody, until Mend: what a host does that has lost its power, or a firewall its memory.
func (r *Relay) Silence() { r.become(silent) }

// Mend makes the line whole. What was held back while it was silent goes on its way.
func (r *Relay) Mend() { r.become(whole) }

// Close ends the Relay, and returns when nothing of it is left.
func (r *Relay) Close() error {
	r.mu.Lock()
	r.closed = true
	r.breakAll()
	r.mu.Unlock()
	r.become(cut)
	err := r.listener.Close()
	r.work.Wait()
	return err
}

func (r *Relay) become(s state) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state = s
	close(r.moved)
	r.moved = make(chan struct{})
	if s == cut {
		r.breakAll()
	}
}

// breakAll resets the connections, as far as TCP lets it. The mutex is held.
func (r *Relay) breakAll() {
	for conn := range r.open {
		if tcp, ok := conn.(*net.TCPConn); ok {
			_ = tcp.SetLinger(0) // else it is closed in good order
		}
		_ = conn.Close() // it is broken on purpose
	}
	clear(r.open)
}

func (r *Relay) accept() {
	for {
		conn, err := r.listener.Accept()
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err == nil {
			r.mu.Lock()
			r.count++
			r.mu.Unlock()
			r.work.Go(func() { r.pass(conn) })
		}
	}
}

// keep remembers a connection, if there may be one now.
func (r *Relay) keep(conn net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closed || r.state == cut {
		_ = conn.Close() // it is broken on purpose
		return false
	}
	r.open[conn] = struct{}{}
	return true
}

// pass connects a connection to the target until one of them ends.
func (r *Relay) pass(near net.Conn) {
	if !r.keep(near) {
		return
	}
	far, err := net.Dial("tcp", r.target)
	if err != nil || !r.keep(far) {
		_ = near.Close() // there is nobody at the other end
		return
	}
	var both sync.WaitGroup
	both.Go(func() { r.carry(far, near) })
	both.Go(func() { r.carry(near, far) })
	both.Wait()
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.open, near)
	delete(r.open, far)
}
