package spool

// slots allocates places in a file, the lowest first, so that it stays small.
type slots struct {
	limit int
	used  int
	next  int   // the lowest that was never taken
	free  []int // below next
}

func (s *slots) take() (int, bool) {
	if s.used == s.limit {
		return 0, false
	}
	s.used++
	if last := len(s.free) - 1; last >= 0 {
		slot := s.free[last]
		s.free = s.free[:last]
		return slot, true
	}
	s.next++
	return s.next - 1, true
}

// give returns a slot, and tells whether none is taken any more.
func (s *slots) give(slot int) bool {
	s.used--
	if s.used == 0 {
		s.next, s.free = 0, nil
		return true
	}
	s.free = append(s.free, slot)
	return false
}
