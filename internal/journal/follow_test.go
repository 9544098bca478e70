package journal_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"runtime"
	"sync"
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/clockworkd/clockwork/internal/journal"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// TestFollowersSeeTheSame has several goroutines write to one execution, while followers come from different points.
func TestFollowersSeeTheSame(t *testing.T) {
	t.Parallel()
	j := open(t, t.TempDir())
	w := newWriter(t, j, "execution")
	var followers, writers sync.WaitGroup
	streams := make([][]*clockworkv1.Event, 4)
	follow := func(i int, after uint64) {
		followers.Go(func() { streams[i], _ = collect(j.Follow(t.Context(), "execution", after)) })
	}
	follow(0, 0)
	follow(1, 1)
	for step := range uint32(4) {
		writers.Go(func() {
			append1(t, w, started(step, 1))
			for i := range 200 {
				output(t, w, step, 1, bytes.Repeat([]byte{byte(step)}, i*50))
			}
			append1(t, w, finished(step))
		})
	}
	writers.Wait()
	follow(2, 0)
	follow(3, 500)
	append1(t, w, ended())
	followers.Wait()
	all := mustCollect(t, j.Events(t.Context(), "execution", 0), 0)
	// Of 200 outputs of a step the first one is empty, which is no event.
	if want := 1 + 4*(1+199+1) + 1; len(all) != want {
		t.Fatalf("%d events, want %d", len(all), want)
	}
	for i, after := range []int{0, 1, 0, 500} {
		equalEvents(t, streams[i], all[after:])
	}
}

// TestFollowAcrossRestart follows an execution that nobody has taken up yet.
func TestFollowAcrossRestart(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir)
	w := newWriter(t, j, "execution")
	append1(t, w, started(0, 1))
	output(t, w, 0, 1, []byte("before"))
	if err := errors.Join(w.Close(), j.Close()); err != nil {
		t.Fatal(err)
	}
	j = open(t, dir)
	seen := make(chan *clockworkv1.Event)
	go func() {
		defer close(seen)
		for event, err := range j.Follow(t.Context(), "execution", 1) {
			if err != nil {
				t.Error(err)
			}
			seen <- event
		}
	}()
	<-seen
	if data := (<-seen).GetOutput().GetData(); string(data) != "before" {
		t.Errorf("output %q", data)
	}
	w = writer(t, j, "execution")
	output(t, w, 0, 1, []byte("after"))
	if event := <-seen; event.GetOutput().GetOffset() != 6 || event.GetSequence() != 4 {
		t.Errorf("event %v, want number 4 at offset 6", event)
	}
	append1(t, w, ended())
	if event := <-seen; event.GetExecutionFinished() == nil {
		t.Errorf("event %v, want the last one", event)
	}
	if event, more := <-seen; more {
		t.Errorf("event %v after the last one", event)
	}
}

func TestFollowEndsWithItsContext(t *testing.T) {
	t.Parallel()
	j := open(t, t.TempDir())
	newWriter(t, j, "execution")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for event, err := range j.Follow(ctx, "execution", 0) {
		switch {
		case err == nil && event.GetSequence() == 1:
			cancel()
		case !errors.Is(err, context.Canceled):
			t.Errorf("event %v, error %v", event, err)
		}
	}
}

// TestRemovedWhileFollowed removes an execution under a reader that has only begun.
func TestRemovedWhileFollowed(t *testing.T) {
	t.Parallel()
	j := open(t, t.TempDir())
	w := newWriter(t, j, "execution")
	var many journal.Change // more than a reader takes at once
	for range 3000 {
		many.Events = append(many.Events, &clockworkv1.Event{Kind: &clockworkv1.Event_Notice{Notice: &clockworkv1.Notice{}}})
	}
	append1(t, w, many)
	append1(t, w, ended())
	var last error
	for event, err := range j.Follow(t.Context(), "execution", 0) {
		if last = err; event.GetSequence() == 1 {
			if _, err := j.Retain(t.Context(), journal.Retention{MaxBytes: 1}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !errors.Is(last, journal.ErrNotFound) {
		t.Errorf("%v, want ErrNotFound", last)
	}
}

// TestFollowInBoundedMemory has 128 MiB go past a follower that stands still, and then to it. It is not parallel, so that
// what it measures is its own.
func TestFollowInBoundedMemory(t *testing.T) {
	const total, bound = 128 << 20, 16 << 20
	j := open(t, t.TempDir())
	w := newWriter(t, j, "execution")
	first, proceed := make(chan struct{}), make(chan struct{})
	var received []byte
	var worst uint64
	var follower sync.WaitGroup
	base := heap()
	follower.Go(func() {
		hash, n, measured := sha256.New(), 0, 0
		for event, err := range j.Follow(t.Context(), "execution", 0) {
			if err != nil {
				t.Error(err)
			}
			if event.GetSequence() == 1 {
				close(first)
				<-proceed
			}
			hash.Write(event.GetOutput().GetData())
			if n += len(event.GetOutput().GetData()); n-measured >= total/8 {
				measured = n
				worst = max(worst, heap())
			}
		}
		received = hash.Sum(nil)
	})
	<-first
	source := io.LimitReader(rand.NewChaCha8([32]byte{1}), total)
	sent, chunk := sha256.New(), make([]byte, 100_000)
	for {
		n, err := io.ReadFull(source, chunk)
		sent.Write(chunk[:n])
		output(t, w, 0, 1, chunk[:n])
		if err != nil {
			break
		}
	}
	append1(t, w, ended())
	if used := heap(); used > base+bound {
		t.Errorf("%d MiB in use behind a slow follower", (used-base)>>20)
	}
	close(proceed)
	follower.Wait()
	if worst > base+bound {
		t.Errorf("%d MiB in use while following", (worst-base)>>20)
	}
	if !bytes.Equal(received, sent.Sum(nil)) {
		t.Error("what was received is not what was sent")
	}
	for after := uint64(0); after < total/100_000; after += 67 {
		for event, err := range j.Events(t.Context(), "execution", after) {
			if err != nil || event.GetSequence() != after+1 {
				t.Errorf("after %d: event %d, error %v", after, event.GetSequence(), err)
			}
			break
		}
	}
}

// heap is how much memory is in use.
func heap() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func equalEvents(t failer, got, want []*clockworkv1.Event) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d events, want %d", len(got), len(want))
	}
	for i := range got {
		if !proto.Equal(got[i], want[i]) {
			t.Fatalf("event\n%v, want\n%v", got[i], want[i])
		}
	}
}
