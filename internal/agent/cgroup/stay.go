package cgroup

import (
	"sync"
	"syscall"
	"time"
)

// Stay is the time of one process, with all that it starts, in a cgroup.
type Stay struct {
	pool *Pool
	leaf *leaf

	kills, refused, usage, peak, throttled uint64 // as they were when it began

	mu      sync.Mutex
	ended   bool
	left    bool   // the leaf may be another one's
	settled uint64 // refusals that are forgiven, once it has ended
}

func newStay(pool *Pool, l *leaf) *Stay {
	s := &Stay{
		pool: pool, leaf: l,
		kills: l.kills.read(), refused: l.refused.read(), throttled: pool.readThrottled(l), usage: l.usage.read(),
	}
	if l.shared != nil {
		l.shared.begin()
		return s
	}
	if l.peak.resets {
		l.peak.reset()
	}
	s.peak = l.peak.read()
	return s
}

// Start calls fork in such a way that the process it starts with these attributes is in the cgroup.
func (s *Stay) Start(attr *syscall.SysProcAttr, fork func() (int, error)) (int, error) {
	if s.leaf.enter == nil {
		return fork()
	}
	return s.leaf.enter.start(attr, fork)
}

// End is called once, when the process itself has ended. What it started may go on.
func (s *Stay) End(how Ending) Report {
	l := s.leaf
	report := Report{
		Refused:   l.refused.read() - s.refused,
		Throttled: time.Duration(s.pool.readThrottled(l)-s.throttled) * l.throttledUnit,
	}
	kills := l.kills.read()
	if l.shared != nil {
		report.MemoryKills = l.shared.end(s.kills, kills, how)
	} else {
		report.MemoryKills = kills - s.kills
		report.PeakMemory = s.peakMemory()
	}
	s.mu.Lock()
	s.ended, s.settled = true, s.refused
	if how == Well { // what it did not mind is no reason to end what it left
		s.settled += report.Refused
	}
	s.mu.Unlock()
	s.Leave()
	return report
}

// peakMemory is what was used beyond what earlier ones had left, such as files in the page cache. Where the kernel does not begin anew, a
// peak is known only if it is the highest so far.
func (s *Stay) peakMemory() uint64 {
	now := s.leaf.peak.read()
	if !s.leaf.peak.resets && now <= s.peak {
		return 0
	}
	return now - min(now, s.usage)
}

// Leave gives the cgroup back if the process has ended and nothing of it is left, and tells whether it is given back.
func (s *Stay) Leave() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left || !s.ended || (s.leaf.shared == nil && !s.leaf.isEmpty()) {
		return s.left
	}
	s.left = true
	s.pool.giveBack(s)
	return true
}

// Exclusive tells whether nobody else is in the cgroup.
func (s *Stay) Exclusive() bool { return s.leaf.shared == nil }

// PIDs lists the processes that are in the cgroup, the calling one perhaps included. There are none to tell where the cgroup is shared.
func (s *Stay) PIDs() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.left || !s.Exclusive() {
		return nil
	}
	return s.leaf.pids()
}

// Kill kills everything that is in the cgroup at once, where the kernel can and nobody else is in it.
func (s *Stay) Kill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.left && s.Exclusive() {
		s.leaf.kill()
	}
}

// Overflows tells whether what an ended process has left runs into the limit of processes.
func (s *Stay) Overflows() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended && !s.left && s.leaf.refused.read() > s.settled
}
