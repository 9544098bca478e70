package executor

import (
	"bytes"
	"testing"

	"pgregory.net/rapid"
)

func TestTailKeepsTheEnd(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var kept tail
		var all []byte
		next := byte(0)
		for range rapid.IntRange(0, 20).Draw(t, "writes") {
			size := rapid.OneOf(rapid.IntRange(0, 100), rapid.IntRange(tailSize-2, tailSize+2), rapid.IntRange(0, 3*tailSize)).Draw(t, "size")
			data := make([]byte, size)
			for i := range data {
				data[i] = next
				next++
			}
			all = append(all, data...)
			kept.write(data)
			if len(kept.kept) > 2*tailSize {
				t.Fatalf("holds %d bytes", len(kept.kept))
			}
		}
		end, truncated := kept.bytes()
		want := all[max(0, len(all)-tailSize):]
		if !bytes.Equal(end, want) || truncated != (len(all) > tailSize) || kept.total != uint64(len(all)) {
			t.Fatalf("after %d bytes: %d kept, truncated %v, total %d", len(all), len(end), truncated, kept.total)
		}
	})
}
