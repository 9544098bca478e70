package native

import (
	"errors"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/clockworkd/clockwork/internal/agent/process"
)

// reaper waits for all children: those that were started, whose end it reports, and orphans that were handed to the agent, of which
// there is nothing to report.
type reaper struct {
	fork   *sync.Mutex
	forked chan struct{} // there is a child to wait for
	hint   *hint

	waiting map[int]chan<- process.Ended // by process id; guarded by fork
}

// newReaper starts the reaper, which lives as long as its process. Under the mutex processes are started and registered.
func newReaper(fork *sync.Mutex) *reaper {
	r := &reaper{
		fork:    fork,
		forked:  make(chan struct{}, 1),
		hint:    newHint(),
		waiting: make(map[int]chan<- process.Ended),
	}
	go r.run()
	return r
}

// register says where to report the end of a process to. The mutex is held since before it was started.
func (r *reaper) register(pid int, ended chan<- process.Ended) {
	r.waiting[pid] = ended
	select {
	case r.forked <- struct{}{}:
	default:
	}
}

// changed is closed when a child ends.
func (r *reaper) changed() <-chan struct{} { return r.hint.next() }

func (r *reaper) run() {
	for {
		pid, err := nextEnded()
		if errors.Is(err, unix.ECHILD) {
			<-r.forked
			continue
		}
		if err == nil {
			r.reap(pid)
		}
	}
}

// reap takes a child that has ended. Its id is not free before that, so it means the same process in the table.
func (r *reaper) reap(pid int) {
	r.fork.Lock()
	defer r.fork.Unlock()
	var status unix.WaitStatus
	var usage unix.Rusage
	if _, err := unix.Wait4(pid, &status, unix.WNOHANG, &usage); err != nil {
		return
	}
	if ended, ok := r.waiting[pid]; ok {
		delete(r.waiting, pid)
		ended <- endedBy(status, &usage)
	}
	r.hint.give()
}

// nextEnded waits for a child that has ended, and leaves it in place.
func nextEnded() (int, error) {
	// siginfo_t has the process id behind three integers, and what aligns the union that it begins; see waitid(2).
	const pidIndex = (3*4 + unsafe.Sizeof(uintptr(0)) - 1) / unsafe.Sizeof(uintptr(0)) * unsafe.Sizeof(uintptr(0)) / 4
	var info struct {
		_      [0]uint64 // alignment
		fields [128 / 4]int32
	}
	for {
		err := unix.Waitid(unix.P_ALL, 0, (*unix.Siginfo)(unsafe.Pointer(&info)), unix.WEXITED|unix.WNOWAIT, nil)
		if !errors.Is(err, unix.EINTR) {
			return int(info.fields[pidIndex]), err
		}
	}
}
