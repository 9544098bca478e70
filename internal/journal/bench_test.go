package journal_test

import (
	"context"
	"fmt"
	"sync/atomic"
	"testing"
)

// BenchmarkAppend is what a step's two records cost an execution that is alone: a commit each.
func BenchmarkAppend(b *testing.B) {
	w := newWriter(b, open(b, b.TempDir()), "alone")
	for b.Loop() {
		append1(b, w, started(0, 1))
	}
}

// BenchmarkAppendTogether is the rate of events of many executions at once.
func BenchmarkAppendTogether(b *testing.B) {
	j := open(b, b.TempDir())
	var n atomic.Int32
	b.SetParallelism(32)
	b.RunParallel(func(pb *testing.PB) {
		w := newWriter(b, j, fmt.Sprintf("one-of-%d", n.Add(1)))
		for pb.Next() {
			append1(b, w, started(0, 1))
		}
	})
}

// BenchmarkStep is what a step costs that prints a line: its start, its output, its result.
func BenchmarkStep(b *testing.B) {
	w := newWriter(b, open(b, b.TempDir()), "alone")
	for b.Loop() {
		append1(b, w, started(0, 1))
		output(b, w, 0, 1, []byte("hello\n"))
		append1(b, w, finished(0))
	}
}

// BenchmarkOutput is the rate of output in runs of 64 KiB.
func BenchmarkOutput(b *testing.B) {
	w := newWriter(b, open(b, b.TempDir()), "alone")
	data := make([]byte, 64<<10)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		output(b, w, 0, 1, data)
	}
}

// BenchmarkFollow is how long an event takes from the writer to a follower that waits for it.
func BenchmarkFollow(b *testing.B) {
	j := open(b, b.TempDir())
	w := newWriter(b, j, "alone")
	ctx, cancel := context.WithCancel(b.Context())
	seen := make(chan uint64)
	go func() {
		defer close(seen)
		for event, err := range j.Follow(ctx, "alone", 1) {
			if err != nil {
				return
			}
			seen <- event.GetSequence()
		}
	}()
	for b.Loop() {
		output(b, w, 0, 1, []byte("x"))
		<-seen
	}
	cancel()
	for range seen {
	}
}

// BenchmarkCreate is what it costs to record a new execution of four steps.
func BenchmarkCreate(b *testing.B) {
	j := open(b, b.TempDir())
	n := 0
	for b.Loop() {
		n++
		create(b, j, fmt.Sprintf("number-%d", n), 4)
	}
}
