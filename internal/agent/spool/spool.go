package spool

import (
	"errors"
	"fmt"
	"math/bits"
	"sync"
)

var (
	// ErrClosed says that the spool was closed.
	ErrClosed = errors.New("the spool is closed")
	// ErrRange says that an offset is before what is kept, or after what there is.
	ErrRange = errors.New("the offset is out of range")
)

// Spool keeps one stream. One goroutine appends; all other methods may be called concurrently.
type Spool struct {
	pool   *Pool
	notify func()
	read   func() bool
	closed chan struct{}

	mu       sync.Mutex
	segments []*segment // in the order of their offsets, without a gap
	acked    uint64     // everything before it is forgotten
	end      uint64
	sealed   bool
	writing  bool // the last segment is being written to
	spares   int  // segments beyond the pool's bound
}

// New returns an empty spool. It calls notify when there is more to read. It asks read whether somebody reads and acknowledges: an append
// then rather waits a moment for room in memory than writes to the file. Neither blocks.
func (p *Pool) New(notify func(), read func() bool) *Spool {
	return &Spool{pool: p, notify: notify, read: read, closed: make(chan struct{})}
}

// Append adds bytes. It waits while there is no room; ErrClosed ends that.
func (s *Spool) Append(data []byte) error {
	for len(data) > 0 {
		written, err := s.fill(data)
		if err != nil {
			return err
		}
		data = data[written:]
		if len(data) == 0 {
			break
		}
		if err := s.grow(len(data)); err != nil {
			return err
		}
	}
	return nil
}

// fill adds what fits into the last segment.
func (s *Spool) fill(data []byte) (int, error) {
	s.mu.Lock()
	if s.isClosed() {
		s.mu.Unlock()
		return 0, ErrClosed
	}
	if len(s.segments) == 0 {
		s.mu.Unlock()
		return 0, nil
	}
	last := s.segments[len(s.segments)-1]
	data = data[:min(len(data), last.room())]
	s.writing = true
	s.mu.Unlock()

	err := last.write(data) // readers do not look behind its used bytes

	s.mu.Lock()
	s.writing = false
	if err == nil {
		last.used += len(data)
		s.end += uint64(len(data))
	}
	s.trim()
	s.mu.Unlock()
	if err != nil {
		return 0, s.onFullDisk()
	}
	if len(data) > 0 {
		s.notify()
	}
	return len(data), nil
}

// onFullDisk does the same as if our own bound were reached.
func (s *Spool) onFullDisk() error {
	if spare := s.takeSpare(); spare != nil {
		return s.push(spare)
	}
	return s.pool.wait(s.closed)
}

// grow adds an empty segment, sized for what is at hand or twice the last one.
func (s *Spool) grow(want int) error {
	s.mu.Lock()
	if len(s.segments) > 0 {
		want = max(want, 2*len(s.segments[len(s.segments)-1].memory))
	}
	s.mu.Unlock()

	want = min(max(want, smallestSegment), blockSize)
	seg, err := s.pool.take(1<<bits.Len(uint(want-1)), s.read(), s.takeSpare, s.closed)
	if err != nil {
		return err
	}
	return s.push(seg)
}

// takeSpare returns a segment beyond the pool's bound; nil if there are enough of these.
func (s *Spool) takeSpare() *segment {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spares == spareSegments {
		return nil
	}
	s.spares++
	return &segment{memory: make([]byte, spareSize), spare: true}
}

// push makes an empty segment the last one.
func (s *Spool) push(seg *segment) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	seg.offset = s.end
	if s.isClosed() {
		seg.gone = true
		s.release(seg)
		return ErrClosed
	}
	s.segments = append(s.segments, seg)
	return nil
}

// Seal says that nothing will be appended any more.
func (s *Spool) Seal() {
	s.mu.Lock()
	s.sealed = true
	s.trim()
	s.mu.Unlock()
	s.notify()
}

// Size returns how many bytes were appended, and whether that is all.
func (s *Spool) Size() (bytes uint64, sealed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.end, s.sealed
}

// Ack forgets the bytes before an offset. One before the last acknowledged offset changes nothing; one after the end is ErrRange.
func (s *Spool) Ack(offset uint64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if offset > s.end {
		return fmt.Errorf("cannot forget what comes before %d: %w, there are %d bytes", offset, ErrRange, s.end)
	}
	s.acked = max(s.acked, offset)
	s.trim()
	return nil
}

// Close forgets everything and ends an append that waits.
func (s *Spool) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.isClosed() {
		return
	}
	close(s.closed)
	s.acked = s.end
	s.trim()
}

func (s *Spool) isClosed() bool {
	select {
	case <-s.closed:
		return true
	default:
		return false
	}
}

// trim gives back what is acknowledged. The last segment stays while there is room in it that is being used; but a stream
// of which everything is acknowledged keeps nothing.
func (s *Spool) trim() {
	keep := 0
	for keep < len(s.segments) && s.acked >= s.segments[keep].end() {
		seg := s.segments[keep]
		if keep == len(s.segments)-1 && s.writing {
			break
		}
		seg.gone = true
		s.release(seg)
		keep++
	}
	s.segments = s.segments[keep:]
	if len(s.segments) == 0 {
		s.segments = nil
	}
}

// release gives the segment back if nobody needs it any more.
func (s *Spool) release(seg *segment) {
	if !seg.gone || seg.views > 0 {
		return
	}
	if seg.spare {
		s.spares--
	}
	s.pool.give(seg)
}
