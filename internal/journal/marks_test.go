package journal

import (
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// TestMarks finds each frame of an output file of any shape from a mark that is before it, and near.
func TestMarks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var m marks
		sequences, offsets := []uint64{}, []int64{}
		var sequence uint64
		var offset int64
		for range rapid.IntRange(0, 200).Draw(t, "frames") {
			sequence += rapid.Uint64Range(1, 3).Draw(t, "gap") // state events are in between
			m.note(sequence, offset)
			sequences, offsets = append(sequences, sequence), append(offsets, offset)
			offset += rapid.Int64Range(frameHeader, maxFrame).Draw(t, "size")
		}
		decoded, err := decodeMarks(m.encode())
		if err != nil || !slices.Equal(decoded, m) {
			t.Fatalf("decoded %v, error %v; want %v", decoded, err, m)
		}
		for i, s := range sequences {
			found := decoded.find(s)
			if !slices.Contains(offsets, found) || found > offsets[i] || offsets[i]-found > markEvery+maxFrame {
				t.Fatalf("event %d at %d is looked for from %d on", s, offsets[i], found)
			}
		}
	})
}

func FuzzDecodeMarks(f *testing.F) {
	f.Add(marks{{sequence: 7, offset: 1 << 20}, {sequence: 300, offset: 1 << 22}}.encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		if m, err := decodeMarks(data); err == nil && len(m) > len(data)/2 {
			t.Errorf("%d marks from %d bytes", len(m), len(data))
		}
	})
}
