package soak

import (
	"io"
	"net"
	"path/filepath"
	"sync"
	"testing"
)

// proxy stands between the clients and the daemon, so that their connections can be cut while both live.
type proxy struct {
	address, backend string
	running          sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]struct{}
}

// startProxy starts a proxy with a socket in dir. It is stopped when the test ends.
func startProxy(t *testing.T, dir, backend string) *proxy {
	t.Helper()
	path := filepath.Join(dir, "proxy.sock")
	listener, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	p := &proxy{address: "unix://" + path, backend: backend, conns: map[net.Conn]struct{}{}}
	p.running.Go(func() { p.accept(listener) })
	t.Cleanup(func() {
		_ = listener.Close()
		p.cut()
		p.running.Wait()
	})
	return p
}

// accept serves connections until the listener is closed. While no daemon listens they end at once.
func (p *proxy) accept(listener net.Listener) {
	for {
		front, err := listener.Accept()
		if err != nil {
			return
		}
		p.running.Go(func() {
			defer front.Close()
			back, err := net.Dial("unix", p.backend)
			if err != nil {
				return
			}
			defer back.Close()
			p.add(front)
			defer p.remove(front)
			p.running.Go(func() {
				_, _ = io.Copy(back, front) // however it ends, the connection is over
				_ = back.Close()
			})
			_, _ = io.Copy(front, back)
		})
	}
}

func (p *proxy) add(conn net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.conns[conn] = struct{}{}
}

func (p *proxy) remove(conn net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.conns, conn)
}

// cut ends all connections.
func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for conn := range p.conns {
		_ = conn.Close()
	}
}
