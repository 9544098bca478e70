package journal

import (
	"cmp"
	"encoding/binary"
	"errors"
	"slices"
)

var errBadMarks = errors.New("cannot read the index of the output file: it is damaged")

// markEvery is about how many bytes of an output file lie between two marks. A reader that begins in the middle passes over
// so many at most.
const markEvery = 1 << 20

// mark says where in an output file the frame of an event begins.
type mark struct {
	sequence uint64
	offset   int64
}

// marks is the index of an output file, in its order.
type marks []mark

// note remembers a frame if the last mark is far enough away.
func (m *marks) note(sequence uint64, offset int64) {
	var last int64
	if len(*m) > 0 {
		last = (*m)[len(*m)-1].offset
	}
	if offset-last >= markEvery {
		*m = append(*m, mark{sequence: sequence, offset: offset})
	}
}

// find returns an offset at which a frame begins, and before which all frames belong to events before this one.
func (m marks) find(sequence uint64) int64 {
	i, found := slices.BinarySearchFunc(m, sequence, func(m mark, sequence uint64) int {
		return cmp.Compare(m.sequence, sequence)
	})
	switch {
	case found:
		return m[i].offset
	case i == 0:
		return 0
	default:
		return m[i-1].offset
	}
}

// encode returns the marks as differences, in varints.
func (m marks) encode() []byte {
	var data []byte
	var last mark
	for _, k := range m {
		data = binary.AppendUvarint(data, k.sequence-last.sequence)
		data = binary.AppendUvarint(data, uint64(k.offset-last.offset))
		last = k
	}
	return data
}

func decodeMarks(data []byte) (marks, error) {
	var m marks
	var last mark
	for len(data) > 0 {
		sequence, n := binary.Uvarint(data)
		if n <= 0 {
			return nil, errBadMarks
		}
		offset, k := binary.Uvarint(data[n:])
		if k <= 0 {
			return nil, errBadMarks
		}
		last = mark{sequence: last.sequence + sequence, offset: last.offset + int64(offset)}
		m, data = append(m, last), data[n+k:]
	}
	return m, nil
}
