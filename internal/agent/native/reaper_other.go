//go:build !linux

package native

import (
	"errors"
	"maps"
	"slices"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/clockworkd/clockwork/internal/agent/process"
	"github.com/clockworkd/clockwork/internal/agent/tree"
)

// reaper waits for the children that were started. Their orphans go to the system's first process.
type reaper struct {
	hint *hint

	mu      sync.Mutex
	leaders map[int]struct{} // of process groups that may have members
}

func newReaper(*sync.Mutex) *reaper {
	return &reaper{hint: newHint(), leaders: make(map[int]struct{})}
}

// groups returns the process groups that may have members.
func (r *reaper) groups() []int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Keys(r.leaders))
}

// register reports the end of a process.
func (r *reaper) register(pid int, ended chan<- process.Ended) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.leaders[pid] = struct{}{}
	go func() {
		var status unix.WaitStatus
		var usage unix.Rusage
		for {
			_, err := unix.Wait4(pid, &status, 0, &usage)
			if !errors.Is(err, unix.EINTR) {
				break
			}
		}
		r.forgetEmpty(pid)
		ended <- endedBy(status, &usage)
		r.hint.give()
	}()
}

// forgetEmpty drops a group that has no members, whose id may come to mean another one.
func (r *reaper) forgetEmpty(pid int) {
	if left, err := tree.Sessions(pid).Count(); left > 0 || err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.leaders, pid)
}

// changed is closed when a child ends.
func (r *reaper) changed() <-chan struct{} { return r.hint.next() }
