package client_test

import (
	"io"
	"net"
	"strings"
	"sync"
)

// proxy stands between client and daemon and cuts each connection after some bytes of the daemon's, as long as it has
// limits left; then it lets everything through.
type proxy struct {
	address string
	backend string
	armed   chan struct{}
	running sync.WaitGroup

	mu     sync.Mutex
	limits []int
	conns  []net.Conn
}

func startProxy(tb testingT, backend string, limits []int) *proxy {
	tb.Helper()
	path := socket(tb)
	listener, err := net.Listen("unix", path)
	if err != nil {
		tb.Fatal(err)
	}
	p := &proxy{address: "unix://" + path, backend: strings.TrimPrefix(backend, "unix://"), limits: limits, armed: make(chan struct{})}
	p.running.Go(func() { p.accept(listener) })
	tb.Cleanup(func() {
		_ = listener.Close()
		p.closeAll()
		p.running.Wait()
	})
	return p
}

// arm begins to count: the client has connected.
func (p *proxy) arm() {
	p.closeAll()
	close(p.armed)
}

func (p *proxy) accept(listener net.Listener) {
	for {
		front, err := listener.Accept()
		if err != nil {
			return
		}
		back, err := net.Dial("unix", p.backend)
		if err != nil {
			_ = front.Close()
			continue
		}
		p.mu.Lock()
		p.conns = append(p.conns, front, back)
		p.mu.Unlock()
		p.running.Go(func() {
			_, _ = io.Copy(back, front)
			_ = back.Close()
		})
		p.running.Go(func() {
			_, _ = io.Copy(front, p.limited(back))
			_ = front.Close()
			_ = back.Close()
		})
	}
}

func (p *proxy) limited(r io.Reader) io.Reader {
	select {
	case <-p.armed:
	default:
		return r
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.limits) == 0 {
		return r
	}
	limit := p.limits[0]
	p.limits = p.limits[1:]
	return io.LimitReader(r, int64(limit))
}

func (p *proxy) closeAll() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, conn := range p.conns {
		_ = conn.Close()
	}
	p.conns = nil
}
