package process

import (
	"sync"
	"sync/atomic"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"

	"github.com/clockworkd/clockwork/internal/agent/spool"
)

// Process is one that was started, or could not be.
type Process struct {
	id     string
	number uint64
	table  *Table

	stdout    *spool.Spool
	stderr    *spool.Spool
	reader    atomic.Pointer[Reader]
	discarded atomic.Uint64

	ready  chan struct{} // closed when these are set
	begin  time.Time
	dir    string
	handle Handle // nil: it could not be started

	exited chan struct{} // closed when this is set
	exit   *agentv1.Exited

	mu         sync.Mutex
	ended      bool // it, not what it left behind
	timedOut   bool
	terminated bool
	ending     *ending
}

func newProcess(table *Table, command Command, number uint64) *Process {
	p := &Process{
		id:     command.ID,
		number: number,
		table:  table,
		ready:  make(chan struct{}),
		exited: make(chan struct{}),
	}
	p.stdout = table.spools.New(p.wake, p.isRead)
	p.stderr = table.spools.New(p.wake, p.isRead)
	return p
}

// Ready is closed when the process was started, or could not be.
func (p *Process) Ready() <-chan struct{} { return p.ready }

// Exit returns the exit record; nil: there is none yet.
func (p *Process) Exit() *agentv1.Exited {
	select {
	case <-p.exited:
		return p.exit
	default:
		return nil
	}
}

// Started describes a process that is ready; nil: it could not be started.
func (p *Process) Started(joined bool) *agentv1.Started {
	if p.handle == nil {
		return nil
	}
	return &agentv1.Started{
		Pid:    int64(p.handle.PID()),
		Argv:   p.handle.Argv(),
		Cwd:    p.dir,
		Age:    durationpb.New(time.Since(p.begin)),
		Joined: joined,
	}
}

// Output returns what is kept of an output.
func (p *Process) Output(stream agentv1.Stream) *spool.Spool {
	if stream == agentv1.Stream_STREAM_STDERR {
		return p.stderr
	}
	return p.stdout
}

func (p *Process) describe() *agentv1.Process {
	described := &agentv1.Process{
		ProcessId:      p.id,
		Exited:         p.Exit() != nil,
		DiscardedBytes: p.discarded.Load(),
	}
	select {
	case <-p.ready:
		if p.handle != nil {
			described.Pid = int64(p.handle.PID())
		}
	default:
	}
	return described
}

// start starts it, with the goroutines that see to it.
func (p *Process) start(command Command) {
	defer close(p.ready)
	p.begin = time.Now()
	if err := p.spawn(command); err != nil {
		p.stdout.Seal()
		p.stderr.Seal()
		p.finish(&agentv1.Exited{StartError: err.Error()})
		return
	}
	out := newPump(p.handle.Stdout(), p.stdout, p.discard)
	err := newPump(p.handle.Stderr(), p.stderr, p.discard)
	p.table.work.Go(out.run)
	p.table.work.Go(err.run)
	p.table.work.Go(func() { p.supervise(command, out, err) })
}

func (p *Process) spawn(command Command) error {
	dir, err := p.table.resolve(command.Dir)
	if err != nil {
		return err
	}
	p.dir = dir
	handle, err := p.table.spawner.Start(Spec{
		ID:     command.ID,
		Number: p.number,
		Argv:   command.Argv,
		Env:    command.Env,
		Dir:    dir,
	})
	if err != nil {
		return err
	}
	p.handle = handle
	return nil
}

func (p *Process) discard(bytes int) {
	p.discarded.Add(uint64(bytes))
	p.table.discarded.Add(uint64(bytes))
}

// finish makes the exit record known.
func (p *Process) finish(exit *agentv1.Exited) {
	p.exit = exit
	close(p.exited)
	p.wake()
}
