package journal_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/clockworkd/clockwork/internal/journal"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// TestWriterAfterCrash spoils the output file as a crash may, or worse.
func TestWriterAfterCrash(t *testing.T) {
	t.Parallel()
	// The execution has the events accepted, started, one, started, two and three.
	for name, test := range map[string]struct {
		spoil func(file []byte) []byte
		last  uint64
		end   uint64
	}{
		"nothing":                {func(f []byte) []byte { return f }, 6, 11},
		"a torn record":          {func(f []byte) []byte { return f[:len(f)-1] }, 5, 6},
		"a torn header":          {func(f []byte) []byte { return append(f, f[:20]...) }, 6, 11},
		"zeros":                  {func(f []byte) []byte { return append(f, make([]byte, 10000)...) }, 6, 11},
		"bits in the last one":   {func(f []byte) []byte { f[len(f)-1]++; return f }, 5, 6},
		"a record twice":         {func(f []byte) []byte { return append(f, f[:frameSize(f)]...) }, 6, 11},
		"a number too high":      {func(f []byte) []byte { return bytes.Replace(f, number(6), number(7), 1) }, 5, 6},
		"a length beyond bounds": {func(f []byte) []byte { return append(f, bytes.Repeat([]byte{255}, 99)...) }, 6, 11},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := spoiled(t, func(path string) { write(t, path, test.spoil(read(t, path))) })
			j := open(t, dir)
			w, err := j.Writer(t.Context(), "execution")
			if err != nil {
				t.Fatal(err)
			}
			defer w.Close()
			if end := w.OutputEnd(0, 1, clockworkv1.Stream_STREAM_STDOUT); end != test.end {
				t.Errorf("output ends at %d, want %d", end, test.end)
			}
			if n := len(mustCollect(t, j.Events(t.Context(), "execution", 0), 0)); uint64(n) != test.last {
				t.Errorf("%d events, want %d", n, test.last)
			}
			output(t, w, 0, 1, []byte("four"))
			append1(t, w, ended())
			all := mustCollect(t, j.Follow(t.Context(), "execution", 0), 0)
			if uint64(len(all)) != test.last+2 {
				t.Errorf("%d events in the end, want %d", len(all), test.last+2)
			}
		})
	}
}

// spoiled is the directory of a journal whose output file was changed after a crash.
func spoiled(t *testing.T, spoil func(path string)) (dir string) {
	t.Helper()
	dir = t.TempDir()
	j := open(t, dir)
	w := newWriter(t, j, "execution")
	append1(t, w, started(0, 1))
	output(t, w, 0, 1, []byte("one"))
	append1(t, w, started(1, 1))
	output(t, w, 0, 1, []byte("two"))
	output(t, w, 0, 1, []byte("three"))
	if err := errors.Join(w.Close(), j.Close()); err != nil {
		t.Fatal(err)
	}
	spoil(filepath.Join(dir, "output", "on", "execution"))
	return dir
}

// TestDamagedOutput lacks events before one that is there. The execution can still end, and be read as far as that goes; the file stays as it is.
func TestDamagedOutput(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(t *testing.T, path string){
		"bits in the first record": func(t *testing.T, path string) {
			t.Helper()
			file := read(t, path)
			file[50]++
			write(t, path, file)
		},
		"nothing in the file": func(t *testing.T, path string) { t.Helper(); write(t, path, nil) },
		"no file": func(t *testing.T, path string) {
			t.Helper()
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var left []byte
			var path string
			dir := spoiled(t, func(p string) {
				path = p
				spoil(t, p)
				left, _ = os.ReadFile(p) // there may be none
			})
			for _, over := range []bool{false, true} {
				j := open(t, dir)
				if !over {
					endDamaged(t, j)
				}
				for after, want := range map[uint64]int{0: 2, 2: 0, 4: 1, 5: 0} {
					got, err := collect(j.Follow(t.Context(), "execution", after))
					if len(got) != want || (after < 4) != errors.Is(err, journal.ErrDataLoss) {
						t.Errorf("after %d: %d events and %v, want %d", after, len(got), err, want)
					}
				}
				if now, _ := os.ReadFile(path); !bytes.Equal(now, left) {
					t.Errorf("the file had %d bytes and has %d now", len(left), len(now))
				}
				if ids, err := j.Unfinished(t.Context()); err != nil || len(ids) > 0 {
					t.Errorf("unfinished: %q, %v", ids, err)
				}
				if err := j.Close(); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
}

// endDamaged ends the execution of spoiled.
func endDamaged(t *testing.T, j *journal.Journal) {
	t.Helper()
	w, err := j.Writer(t.Context(), "execution")
	if err != nil {
		t.Fatal(err)
	}
	execution, err := j.Get(t.Context(), "execution")
	if err != nil || execution.Damage == "" || execution.LastSequence != 4 {
		t.Fatalf("got %+v, %v; want damage before event 4", execution, err)
	}
	if err := w.Output(t.Context(), &clockworkv1.Output{Data: []byte("more")}); !errors.Is(err, journal.ErrDataLoss) {
		t.Errorf("output after what is missing: %v", err)
	}
	append1(t, w, ended())
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// frameSize is the size of the first frame of an output file.
func frameSize(file []byte) int { return 8 + int(binary.LittleEndian.Uint32(file)) }

// number is a sequence number as it stands in a frame.
func number(n uint64) []byte { return binary.LittleEndian.AppendUint64(nil, n) }

// TestOutputEnd remembers each attempt's streams by themselves, what was dropped included, also after a restart.
func TestOutputEnd(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir)
	w := newWriter(t, j, "execution")
	output(t, w, 0, 1, make([]byte, 300<<10))
	output(t, w, 0, 2, []byte("again"))
	append1(t, w, journal.Change{Events: []*clockworkv1.Event{{Kind: &clockworkv1.Event_OutputDropped{
		OutputDropped: &clockworkv1.OutputDropped{Attempt: 2, Stream: clockworkv1.Stream_STREAM_STDOUT, Offset: 5, Bytes: 95},
	}}}})
	output(t, w, 3, 1, []byte("other"))
	check := func(w journal.Writer) {
		t.Helper()
		for _, test := range []struct {
			step, attempt uint32
			stream        clockworkv1.Stream
			want          uint64
		}{
			{0, 1, clockworkv1.Stream_STREAM_STDOUT, 300 << 10},
			{0, 2, clockworkv1.Stream_STREAM_STDOUT, 100},
			{3, 1, clockworkv1.Stream_STREAM_STDOUT, 5},
			{3, 1, clockworkv1.Stream_STREAM_STDERR, 0},
		} {
			if end := w.OutputEnd(test.step, test.attempt, test.stream); end != test.want {
				t.Errorf("step %d, attempt %d, %v ends at %d, want %d", test.step, test.attempt, test.stream, end, test.want)
			}
		}
	}
	check(w)
	if err := errors.Join(w.Close(), j.Close()); err != nil {
		t.Fatal(err)
	}
	check(writer(t, open(t, dir), "execution"))
}

func TestOneWriter(t *testing.T) {
	t.Parallel()
	j := open(t, t.TempDir())
	w := newWriter(t, j, "execution")
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a second writer was given out")
			}
		}()
		_, _ = j.Writer(t.Context(), "execution")
	}()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	w = writer(t, j, "execution")
	output(t, w, 0, 1, []byte("x"))
	append1(t, w, ended())
	if _, err := j.Writer(t.Context(), "execution"); err == nil {
		t.Error("an execution that has ended has a writer")
	}
}
