package spool

import (
	"os"
	"sync"
	"time"
)

const (
	// blockSize is the size of a segment in the file and the largest one in memory. It is what a pipe holds, so what one read returns.
	blockSize = 64 << 10
	// smallestSegment is the smallest one in memory; most processes print less.
	smallestSegment = 1 << 10
	// memoryLimit bounds the bytes in memory.
	memoryLimit = 4 << 20
	// patience is how long an append waits for a reader to make room in memory before it goes to the file. A reader that keeps up
	// with more than 13 MB/s (a block in that time) thus never causes a write to a disk.
	patience = 5 * time.Millisecond
	// spareSegments of spareSize are what every spool may have beyond the bound, in memory. So one stream that nobody reads never makes others
	// stand still that are read and acknowledged, if that is done a spareSize at a time at least.
	spareSegments = 4
	spareSize     = 16 << 10
	// diskPause is how long it takes to try a full disk again.
	diskPause = 100 * time.Millisecond
)

// Pool is the room that the spools of a sandbox share.
type Pool struct {
	dir string

	mu     sync.Mutex
	memory int           // bytes left in memory
	file   *os.File      // nil until it is needed
	slots  slots         // of the file
	freed  chan struct{} // closed and replaced when there is room again
}

// NewPool returns room for so many bytes, at least 1 MiB. A file is made in the directory when memory does not suffice.
func NewPool(dir string, limit uint64) *Pool {
	limit = max(limit, 1<<20)
	memory := min(memoryLimit, limit/2)
	return &Pool{
		dir:    dir,
		memory: int(memory),
		slots:  slots{limit: int((limit - memory) / blockSize)},
		freed:  make(chan struct{}),
	}
}

// Close lets go of the file. The spools must be closed.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.file != nil {
		_ = p.file.Close() // nothing in it is needed any more
		p.file = nil
	}
}

// take returns a new segment: in memory if there is room, else in the file, else what spare returns. If there is a reader it gives that
// a moment to make room. It waits for room until closed.
func (p *Pool) take(size int, reader bool, spare func() *segment, closed <-chan struct{}) (*segment, error) {
	if seg, _ := p.tryTake(size, !reader); seg != nil {
		return seg, nil
	}
	impatient := time.NewTimer(patience)
	defer impatient.Stop()
	fromFile := !reader
	for {
		seg, freed := p.tryTake(size, fromFile)
		if seg == nil && fromFile {
			seg = spare()
		}
		if seg != nil {
			return seg, nil
		}
		select {
		case <-freed:
		case <-impatient.C:
			fromFile = true
		case <-closed:
			return nil, ErrClosed
		}
	}
}

// tryTake returns a segment, or nil if there is no room, and what is closed when there may be.
func (p *Pool) tryTake(size int, fromFile bool) (*segment, <-chan struct{}) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if size <= p.memory {
		p.memory -= size
		return &segment{memory: newMemory(size)}, nil
	}
	if !fromFile || p.open() != nil { // a directory that takes no file is a disk without room
		return nil, p.freed
	}
	slot, ok := p.slots.take()
	if !ok {
		return nil, p.freed
	}
	return &segment{file: p.file, slot: slot}, nil
}

// wait returns when there may be room again on a disk that is full. Others may have made it, so it does not only wait for our own.
func (p *Pool) wait(closed <-chan struct{}) error {
	p.mu.Lock()
	freed := p.freed
	p.mu.Unlock()
	timer := time.NewTimer(diskPause)
	defer timer.Stop()
	select {
	case <-freed:
	case <-timer.C:
	case <-closed:
		return ErrClosed
	}
	return nil
}

// give takes back the room of a segment that nobody reads any more.
func (p *Pool) give(seg *segment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case seg.spare:
	case seg.memory != nil:
		p.memory += len(seg.memory)
		recycle(seg.memory)
	case p.slots.give(seg.slot):
		_ = p.file.Truncate(0) // or else it stays as large as it was, within the limit
	}
	seg.memory = nil
	close(p.freed)
	p.freed = make(chan struct{})
}

// open makes the file, which has no name, so that nothing of it is left when the agent is killed.
func (p *Pool) open() error {
	if p.file != nil {
		return nil
	}
	file, err := os.CreateTemp(p.dir, "spool-*")
	if err != nil {
		return err
	}
	if err := os.Remove(file.Name()); err != nil {
		_ = file.Close()
		return err
	}
	p.file = file
	return nil
}
