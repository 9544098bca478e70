package fake

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"sync"

	"github.com/clockworkd/clockwork/internal/agent"
)

// sandbox is an agent in this process.
type sandbox struct {
	id  string
	dir string

	mu       sync.Mutex
	server   *agent.Server
	listener *listener
	served   chan struct{} // closed when the server has ended
	removed  bool          // it is not started any more
}

func newSandbox(id, dir string) *sandbox { return &sandbox{id: id, dir: dir} }

func (s *sandbox) workspace() string { return filepath.Join(s.dir, "workspace") }
func (s *sandbox) token() string     { return "token of " + s.id }

// start starts the agent, with a new incarnation.
func (s *sandbox) start(programs *programs) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.removed {
		return fmt.Errorf("cannot create sandbox %s: it was destroyed meanwhile", s.id)
	}
	run, tmp := filepath.Join(s.dir, "run"), filepath.Join(s.dir, "tmp")
	for _, dir := range []string{s.workspace(), run, tmp} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("cannot create sandbox %s: %v", s.id, err)
		}
	}
	server, err := agent.NewServer(agent.Config{
		Token:     s.token(),
		RunDir:    run,
		Workspace: s.workspace(),
		Env:       map[string]string{"PATH": binDir, "HOME": s.workspace(), "TMPDIR": tmp, "LANG": "C.UTF-8"},
		Spawner:   newSpawner(programs),
	})
	if err != nil {
		return fmt.Errorf("cannot create sandbox %s: %w", s.id, err)
	}
	s.server, s.listener, s.served = server, newListener(), make(chan struct{})
	go func(listener *listener, served chan struct{}) {
		defer close(served)
		_ = server.Serve(listener) // it ends when the sandbox does
	}(s.listener, s.served)
	return nil
}

// dial opens a connection to the agent, which can be gone.
func (s *sandbox) dial(ctx context.Context) (net.Conn, error) {
	s.mu.Lock()
	l := s.listener
	s.mu.Unlock()
	if l == nil {
		return nil, fmt.Errorf("%w: sandbox %s does not run", agent.ErrGone, s.id)
	}
	return l.dial(ctx)
}

// cut breaks all connections.
func (s *sandbox) cut() {
	s.mu.Lock()
	l := s.listener
	s.mu.Unlock()
	if l != nil {
		l.cut()
	}
}

// remove destroys the sandbox for good.
func (s *sandbox) remove() {
	s.mu.Lock()
	s.removed = true
	s.mu.Unlock()
	s.destroy()
}

// destroy kills everything and waits until the agent has ended. Nobody hears of that: the connections break first. It does nothing if the
// agent has ended already.
func (s *sandbox) destroy() {
	s.mu.Lock()
	server, listener, served := s.server, s.listener, s.served
	s.server, s.listener = nil, nil
	s.mu.Unlock()
	if server == nil {
		return
	}
	_ = listener.Close() // it does not fail
	listener.cut()
	server.Shutdown(0)
	server.Close()
	<-served
}
