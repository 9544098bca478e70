package spool

import (
	"fmt"
	"sort"
)

// View is bytes of a spool, which stay as they are until it is released.
type View struct {
	Data   []byte
	spool  *Spool
	seg    *segment
	buffer []byte // of its own; nil: Data lies in the segment
}

// View returns bytes at an offset, as many as lie together; none if there are none yet. ErrRange: they are acknowledged already, or
// the offset is after the end.
func (s *Spool) View(offset uint64) (View, error) {
	s.mu.Lock()
	if offset < s.acked || offset > s.end {
		defer s.mu.Unlock()
		return View{}, fmt.Errorf("cannot read at %d: %w, bytes %d to %d are kept", offset, ErrRange, s.acked, s.end)
	}
	if offset == s.end {
		s.mu.Unlock()
		return View{}, nil
	}
	seg := s.find(offset)
	seg.views++
	from, to := int(offset-seg.offset), seg.used
	s.mu.Unlock()

	view := View{spool: s, seg: seg}
	if seg.memory != nil {
		view.Data = seg.memory[from:to]
		return view, nil
	}
	view.buffer = newBlock()
	n, err := seg.file.ReadAt(view.buffer[:to-from], seg.position(from))
	if err != nil {
		view.Release()
		return View{}, fmt.Errorf("cannot read the spool's file: %w", err)
	}
	view.Data = view.buffer[:n]
	return view, nil
}

// find returns the segment that an offset lies in, one that is kept and before the end.
func (s *Spool) find(offset uint64) *segment {
	return s.segments[sort.Search(len(s.segments), func(i int) bool { return offset < s.segments[i].end() })]
}

// Release gives the bytes back. A View without bytes need not be released.
func (v View) Release() {
	if v.spool == nil {
		return
	}
	if v.buffer != nil {
		recycle(v.buffer)
	}
	v.spool.mu.Lock()
	defer v.spool.mu.Unlock()
	v.seg.views--
	v.spool.release(v.seg)
}
