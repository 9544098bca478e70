package cgroup

import (
	"fmt"
	"slices"
	"strconv"
	"sync"
)

// Pool is the cgroups of a sandbox as its agent uses them.
type Pool struct {
	// Memory and Processes are the limits that hold for all together; 0: none that is known.
	Memory    uint64
	Processes uint64

	rest      *leaf
	throttled bool

	mu   sync.Mutex
	free []*leaf // the one that was not used for the longest time first
	held []*Stay // those that hold a leaf
}

// Thread runs functions on one thread of the operating system.
type Thread interface{ Do(f func()) }

// Open opens the place that was made for a sandbox. It opens every file that is going to be needed. If there is a thread, processes are
// started from it alone.
func Open(place Place, from Thread) (*Pool, error) {
	p := &Pool{Memory: place.MemoryBytes, Processes: place.Processes, throttled: place.Throttled}
	for number := range place.Leaves {
		l, err := openLeaf(place.Dirs, strconv.Itoa(number), from)
		if err != nil {
			return nil, err
		}
		p.free = append(p.free, l)
	}
	common, err := openLeaf(place.Dirs, rest, from)
	if err != nil {
		return nil, err
	}
	common.shared = &claims{}
	p.rest = common
	return p, nil
}

func openLeaf(steps Dirs, name string, from Thread) (*leaf, error) {
	dirs := steps.Child(name)
	l := dirs.open(steps)
	enter, err := dirs.entrance(from)
	if err != nil {
		return nil, fmt.Errorf("cannot use cgroup %s of the sandbox: %w", name, err)
	}
	l.enter = enter
	return l, nil
}

// Watch watches a cgroup that the processes of the sandbox are in anyway, because somebody else made it: a container engine, an
// init system. Its limits are what that one has set.
func Watch(own Dirs) *Pool {
	p := &Pool{rest: own.open(own), throttled: true}
	p.rest.shared = &claims{}
	if own.Unified != "" {
		p.Memory = limitOf(own.Unified, "memory.max")
	} else {
		p.Memory = limitOf(own.of("memory"), "memory.limit_in_bytes")
	}
	p.Processes = limitOf(own.of("pids"), "pids.max")
	return p
}

// Begin is called before a process is started. A Stay whose process could not be started is ended, too.
func (p *Pool) Begin() *Stay {
	p.mu.Lock()
	if len(p.free) == 0 {
		p.mu.Unlock()
		p.sweep()
		p.mu.Lock()
	}
	if len(p.free) == 0 {
		p.mu.Unlock()
		return newStay(p, p.rest)
	}
	l := p.free[0]
	p.free = slices.Delete(p.free, 0, 1)
	p.mu.Unlock()
	s := newStay(p, l)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = append(p.held, s)
	return s
}

// sweep takes leaves back whose processes have ended since.
func (p *Pool) sweep() {
	for _, s := range p.holders() {
		s.Leave()
	}
}

// holders returns those that hold a leaf.
func (p *Pool) holders() []*Stay {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.held)
}

// giveBack takes a leaf back.
func (p *Pool) giveBack(s *Stay) {
	if s.leaf.shared != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = slices.DeleteFunc(p.held, func(other *Stay) bool { return other == s })
	p.free = append(p.free, s.leaf)
}

// Overflowing returns the stays whose process has ended, and what it left runs into the limit of processes: nothing can be started beside that.
func (p *Pool) Overflowing() []*Stay {
	return slices.DeleteFunc(p.holders(), func(s *Stay) bool { return !s.Overflows() })
}

func (p *Pool) readThrottled(l *leaf) uint64 {
	if !p.throttled {
		return 0
	}
	return l.throttled.read()
}
