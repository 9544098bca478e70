package spool

import (
	"os"
	"sync"
)

// segment is consecutive bytes of a stream, in memory or in a slot of the file.
type segment struct {
	offset uint64 // of its first byte in the stream
	used   int    // bytes that are in it
	memory []byte // its whole room; nil: it is in the file
	spare  bool   // it is beyond the pool's bound
	file   *os.File
	slot   int
	views  int  // how many look at it
	gone   bool // acknowledged; its room goes back with the last view
}

func (s *segment) room() int {
	if s.memory != nil {
		return len(s.memory) - s.used
	}
	return blockSize - s.used
}

func (s *segment) end() uint64 { return s.offset + uint64(s.used) }

// write puts bytes after those that are in it, without counting them yet.
func (s *segment) write(data []byte) error {
	if s.memory != nil {
		copy(s.memory[s.used:], data)
		return nil
	}
	_, err := s.file.WriteAt(data, s.position(s.used))
	return err
}

func (s *segment) position(index int) int64 { return int64(s.slot)*blockSize + int64(index) }

// blocks recycles memory of blockSize.
var blocks = sync.Pool{New: func() any { return new([blockSize]byte) }}

func newMemory(size int) []byte {
	if size < blockSize {
		return make([]byte, size)
	}
	return newBlock()
}

func newBlock() []byte {
	return blocks.Get().(*[blockSize]byte)[:] //nolint:errcheck // nothing else is in there
}

func recycle(memory []byte) {
	if len(memory) == blockSize {
		blocks.Put((*[blockSize]byte)(memory))
	}
}
