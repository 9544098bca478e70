package serve

import (
	"runtime"
	"runtime/debug"
	"sync"
	"time"

	"github.com/clockworkd/clockwork/internal/agent/process"
)

// idleTime is how long nothing has run when memory goes back to the system.
const idleTime = time.Second

// thrifty is a Spawner that gives the memory of the agent back to the system when it has been idle for a while. A sandbox may be
// idle for hours, as one of many that are kept warm; the Go runtime alone would keep what the busiest moment took.
type thrifty struct {
	process.Spawner

	mu      sync.Mutex
	running int
	idle    *time.Timer
}

func newThrifty(spawner process.Spawner) *thrifty {
	return &thrifty{Spawner: spawner, idle: time.AfterFunc(idleTime, giveBack)}
}

// giveBack returns what nobody needs. What is in a sync.Pool survives the first collection.
func giveBack() {
	runtime.GC()
	debug.FreeOSMemory()
	dropCode()
}

func (t *thrifty) Start(spec process.Spec) (process.Handle, error) {
	t.count(1)
	handle, err := t.Spawner.Start(spec)
	if err != nil {
		t.count(-1)
		return nil, err
	}
	return counted{Handle: handle, thrifty: t}, nil
}

// count notes that more or fewer processes run.
func (t *thrifty) count(change int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.running += change
	if t.running == 0 {
		t.idle.Reset(idleTime)
	} else {
		t.idle.Stop()
	}
}

// counted is a process that counts until it has ended.
type counted struct {
	process.Handle
	thrifty *thrifty
}

func (c counted) Wait() process.Ended {
	defer c.thrifty.count(-1)
	return c.Handle.Wait()
}
