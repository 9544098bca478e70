package spool

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"sync"
	"testing"

	"pgregory.net/rapid"
)

func nothing() {}

func nobody() bool { return false }

func somebody() bool { return true }

// content is what the byte at an offset of a test's stream is.
func content(offset uint64, n int) []byte {
	data := make([]byte, n)
	for i := range data {
		x := offset + uint64(i)
		data[i] = byte(x ^ x>>8 ^ x>>16)
	}
	return data
}

func newPool(t interface{ Cleanup(func()) }, dir string, limit uint64) *Pool {
	pool := NewPool(dir, limit)
	t.Cleanup(pool.Close)
	return pool
}

// TestSpoolKeepsWhatIsNotAcknowledged compares a spool with a model: two offsets into a known stream.
func TestSpoolKeepsWhatIsNotAcknowledged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		const limit = 2 << 20
		pool := newPool(t, dir, limit)
		spool := pool.New(nothing, nobody)
		defer spool.Close()
		var acked, end uint64
		t.Repeat(map[string]func(*rapid.T){
			"append": func(t *rapid.T) {
				n := rapid.OneOf(rapid.IntRange(1, 100), rapid.IntRange(1, 200_000)).Draw(t, "n")
				if end-acked+uint64(n) > limit*3/4 {
					t.Skip("it would wait")
				}
				if err := spool.Append(content(end, n)); err != nil {
					t.Fatal(err)
				}
				end += uint64(n)
			},
			"ack": func(t *rapid.T) {
				acked = rapid.Uint64Range(acked, end).Draw(t, "offset")
				if err := spool.Ack(acked); err != nil {
					t.Fatal(err)
				}
			},
			"read": func(t *rapid.T) {
				offset := rapid.Uint64Range(acked, end).Draw(t, "offset")
				view, err := spool.View(offset)
				if err != nil {
					t.Fatal(err)
				}
				defer view.Release()
				if offset < end && len(view.Data) == 0 {
					t.Fatalf("nothing at %d, though there are %d bytes", offset, end)
				}
				if !bytes.Equal(view.Data, content(offset, len(view.Data))) {
					t.Fatalf("wrong bytes at %d", offset)
				}
			},
			"out of range": func(t *rapid.T) {
				if _, err := spool.View(end + 1); !errors.Is(err, ErrRange) {
					t.Fatalf("View after the end: %v", err)
				}
				if err := spool.Ack(end + 1); !errors.Is(err, ErrRange) {
					t.Fatalf("Ack after the end: %v", err)
				}
				if acked == 0 {
					return
				}
				if _, err := spool.View(acked - 1); !errors.Is(err, ErrRange) {
					t.Fatalf("View before what is kept: %v", err)
				}
			},
			"": func(t *rapid.T) {
				if size, sealed := spool.Size(); size != end || sealed {
					t.Fatalf("Size = %d, %v; want %d, false", size, sealed, end)
				}
			},
		})
	})
}

// drain reads a spool to its end, with acknowledgements now and then.
func drain(t *testing.T, spool *Spool, wake <-chan struct{}) {
	t.Helper()
	var offset uint64
	for {
		view, err := spool.View(offset)
		if err != nil {
			t.Error(err)
			return
		}
		if !bytes.Equal(view.Data, content(offset, len(view.Data))) {
			t.Errorf("wrong bytes at %d", offset)
			return
		}
		offset += uint64(len(view.Data))
		view.Release()
		if rand.IntN(3) == 0 || len(view.Data) == 0 {
			if err := spool.Ack(offset); err != nil {
				t.Error(err)
				return
			}
		}
		if size, sealed := spool.Size(); sealed && offset == size {
			return
		}
		if len(view.Data) == 0 {
			<-wake
		}
	}
}

func TestManySpoolsShareTheRoom(t *testing.T) {
	t.Parallel()
	pool := newPool(t, t.TempDir(), 1<<20)
	var wg sync.WaitGroup
	for range 8 {
		wake := make(chan struct{}, 1)
		spool := pool.New(func() {
			select {
			case wake <- struct{}{}:
			default:
			}
		}, somebody)
		wg.Go(func() {
			var end uint64
			for end < 4<<20 {
				n := 1 + rand.IntN(150_000)
				if err := spool.Append(content(end, n)); err != nil {
					t.Error(err)
					return
				}
				end += uint64(n)
			}
			spool.Seal()
		})
		wg.Go(func() {
			drain(t, spool, wake)
			spool.Close()
		})
	}
	wg.Wait()
	pool.mu.Lock()
	defer pool.mu.Unlock()
	if pool.slots.used != 0 || pool.memory != 512<<10 {
		t.Errorf("%d slots are taken and %d bytes of memory are left, want 0 and all", pool.slots.used, pool.memory)
	}
}

func TestAppendWaitsWhenThereIsNoRoom(t *testing.T) {
	t.Parallel()
	const limit = 1<<20 + spareSegments*spareSize
	pool := newPool(t, t.TempDir(), 1<<20)
	grown := make(chan struct{}, 1000)
	spool := pool.New(func() { grown <- struct{}{} }, nobody)
	done := make(chan error)
	go func() { done <- spool.Append(content(0, limit+100)) }()
	for size := uint64(0); size < limit; size, _ = spool.Size() {
		<-grown
	}
	select {
	case err := <-done:
		t.Fatalf("Append returned %v though there is no room", err)
	default:
	}
	if err := spool.Ack(blockSize); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	spool.Close()
}

func TestAStreamThatIsReadGoesOnBesideOneThatIsNot(t *testing.T) {
	t.Parallel()
	pool := newPool(t, t.TempDir(), 1<<20)
	unread := pool.New(nothing, nobody)
	stands := make(chan error)
	go func() { stands <- unread.Append(make([]byte, 2<<20)) }()

	wake := make(chan struct{}, 1)
	read := pool.New(func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}, somebody)
	var wg sync.WaitGroup
	wg.Go(func() {
		for end := 0; end < 4<<20; end += 9999 {
			if err := read.Append(content(uint64(end), 9999)); err != nil {
				t.Error(err)
			}
		}
		read.Seal()
	})
	var offset, acked uint64
	for {
		view, err := read.View(offset)
		if err != nil {
			t.Fatal(err)
		}
		offset += uint64(len(view.Data))
		empty := len(view.Data) == 0
		view.Release()
		if offset-acked >= spareSize {
			acked = offset
			if err := read.Ack(acked); err != nil {
				t.Fatal(err)
			}
		}
		if size, sealed := read.Size(); sealed && size == offset {
			break
		}
		if empty {
			<-wake
		}
	}
	wg.Wait()
	read.Close()
	unread.Close()
	if err := <-stands; !errors.Is(err, ErrClosed) {
		t.Errorf("Append = %v, want ErrClosed", err)
	}
}

func TestCloseEndsAnAppendThatWaits(t *testing.T) {
	t.Parallel()
	pool := newPool(t, t.TempDir(), 1<<20)
	spool := pool.New(nothing, nobody)
	done := make(chan error)
	go func() { done <- spool.Append(make([]byte, 2<<20)) }()
	spool.Close()
	if err := <-done; !errors.Is(err, ErrClosed) {
		t.Errorf("Append = %v, want ErrClosed", err)
	}
}

func TestFullDiskIsNoRoom(t *testing.T) {
	t.Parallel()
	pool := newPool(t, t.TempDir(), 1<<20)
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	pool.file = full
	wake := make(chan struct{}, 1)
	spool := pool.New(func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}, somebody)
	var wg sync.WaitGroup
	wg.Go(func() {
		if err := spool.Append(content(0, 3<<20)); err != nil {
			t.Error(err)
		}
		spool.Seal()
	})
	wg.Go(func() { drain(t, spool, wake) })
	wg.Wait()
	spool.Close()
}

func TestLittleOutputTakesLittleRoom(t *testing.T) {
	t.Parallel()
	pool := newPool(t, t.TempDir(), 1<<20)
	spool := pool.New(nothing, nobody)
	defer spool.Close()
	before := pool.memory
	if err := spool.Append([]byte("hello\n")); err != nil {
		t.Fatal(err)
	}
	if took := before - pool.memory; took != smallestSegment {
		t.Errorf("six bytes take %d, want %d", took, smallestSegment)
	}
	if err := spool.Ack(6); err != nil {
		t.Fatal(err)
	}
	if pool.memory != before {
		t.Errorf("%d bytes are taken by an acknowledged stream", before-pool.memory)
	}
}

func TestTheFileHasNoName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pool := newPool(t, dir, 1<<20)
	spool := pool.New(nothing, nobody)
	defer spool.Close()
	if err := spool.Append(make([]byte, 600<<10)); err != nil {
		t.Fatal(err)
	}
	if pool.file == nil {
		t.Fatal("600 KiB did not need the file")
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("the directory has %v (%v), want nothing", entries, err)
	}
}
