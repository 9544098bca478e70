package process

import (
	"errors"
	"sync"
	"sync/atomic"
	"time"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"

	"github.com/clockworkd/clockwork/internal/agent/spool"
)

var (
	// ErrUnknown says that no process with this id was started.
	ErrUnknown = errors.New("no such process")
	// ErrForgotten says that the process has ended and its exit was acknowledged.
	ErrForgotten = errors.New("the process has ended and is forgotten")
	// ErrShutdown says that the sandbox is being ended.
	ErrShutdown = errors.New("the sandbox is being shut down")
)

// Table is the processes of a sandbox.
type Table struct {
	spawner Spawner
	spools  *spool.Pool
	resolve func(dir string) (string, error)

	work      sync.WaitGroup // every goroutine of a process
	discarded atomic.Uint64

	mu        sync.Mutex
	known     map[string]*Process
	order     []*Process // those that are known, in the order of their start
	forgotten map[string]struct{}
	started   uint64
	closed    bool
	gone      chan struct{} // closed when Shutdown has ended everything
	killed    uint64
}

// NewTable returns an empty table. Resolve turns a directory relative to the workspace into an absolute one.
func NewTable(spawner Spawner, spools *spool.Pool, resolve func(dir string) (string, error)) *Table {
	return &Table{
		spawner:   spawner,
		spools:    spools,
		resolve:   resolve,
		known:     make(map[string]*Process),
		forgotten: make(map[string]struct{}),
		gone:      make(chan struct{}),
	}
}

// Get returns a process that was started.
func (t *Table) Get(id string) (*Process, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.get(id)
}

func (t *Table) get(id string) (*Process, error) {
	if p := t.known[id]; p != nil {
		return p, nil
	}
	if _, ok := t.forgotten[id]; ok {
		return nil, ErrForgotten
	}
	return nil, ErrUnknown
}

// Start starts a process, unless its id is known: then it returns that one, and joined. A process that cannot be started is one
// that has ended, with the reason in its exit record.
func (t *Table) Start(command Command) (p *Process, joined bool, err error) {
	t.mu.Lock()
	p, err = t.get(command.ID)
	if !errors.Is(err, ErrUnknown) {
		t.mu.Unlock()
		return p, true, err
	}
	if t.closed {
		t.mu.Unlock()
		return nil, false, ErrShutdown
	}
	t.started++
	p = newProcess(t, command, t.started)
	t.known[command.ID] = p
	t.order = append(t.order, p)
	t.work.Add(1) // so that Shutdown waits until the process has goroutines of its own
	t.mu.Unlock()

	defer t.work.Done()
	p.start(command)
	return p, false, nil
}

// Forget drops a process that has ended. It does nothing for another one.
func (t *Table) Forget(p *Process) {
	if p.Exit() == nil {
		return
	}
	p.stdout.Close()
	p.stderr.Close()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.known[p.id] != p {
		return
	}
	delete(t.known, p.id)
	t.forgotten[p.id] = struct{}{}
	for i, other := range t.order {
		if other == p {
			t.order = append(t.order[:i:i], t.order[i+1:]...)
			break
		}
	}
}

// List tells about all processes that are known, in the order of their start.
func (t *Table) List() []*agentv1.Process {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := make([]*agentv1.Process, len(t.order))
	for i, p := range t.order {
		list[i] = p.describe()
	}
	return list
}

// Started counts all processes ever started.
func (t *Table) Started() uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.started
}

// Shutdown ends all processes and what they left behind: SIGTERM, after the grace SIGKILL. Nothing is started after it. It returns
// when nothing is left, with how many were alive and how many bytes were discarded. Repeating it waits for the same end.
func (t *Table) Shutdown(grace time.Duration) (killed, discarded uint64) {
	t.mu.Lock()
	first := !t.closed
	t.closed = true
	t.mu.Unlock()
	if first {
		t.killed = t.spawner.Shutdown(grace)
		close(t.gone)
	}
	<-t.gone
	return t.killed, t.discarded.Load()
}

// Close lets go of all processes, which Shutdown has ended, and of their output.
func (t *Table) Close() {
	t.mu.Lock()
	for _, p := range t.order {
		p.stdout.Close()
		p.stderr.Close()
	}
	t.mu.Unlock()
	t.work.Wait()
	t.spools.Close()
}

// run runs a goroutine of a process, unless everything has come to its end.
func (t *Table) run(work func()) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return false
	}
	t.work.Go(work)
	return true
}
