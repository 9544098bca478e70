package journal_test

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strconv"
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

// outputSizes are a line, a burst of lines, and what a step that prints without end is read in.
var outputSizes = []int{100, 4 << 10, 64 << 10}

// BenchmarkOutput is the rate of output, which goes to a file.
func BenchmarkOutput(b *testing.B) {
	for _, size := range outputSizes {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			w := newWriter(b, open(b, b.TempDir()), "alone")
			data := make([]byte, size)
			b.SetBytes(int64(size))
			for b.Loop() {
				output(b, w, 0, 1, data)
			}
		})
	}
}

// BenchmarkOutputAsRows is the rate that output would have as rows of the database, in the kernel and not on the disk when a
// write returns, as it is in the file.
func BenchmarkOutputAsRows(b *testing.B) {
	for _, size := range outputSizes {
		b.Run(strconv.Itoa(size), func(b *testing.B) {
			insert := prepareRows(b) //nolint:sqlclosecheck // its cleanup does
			data := make([]byte, size)
			b.SetBytes(int64(size))
			for n := 0; b.Loop(); n++ {
				if _, err := insert.Exec(n, data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func prepareRows(b *testing.B) *sql.Stmt {
	b.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(b.TempDir(), "rows.db")+"?_journal_mode=WAL&_synchronous=NORMAL")
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	b.Cleanup(func() { _ = db.Close() })
	_, err = db.Exec(`CREATE TABLE output (execution INTEGER, sequence INTEGER, data BLOB, PRIMARY KEY (execution, sequence)) WITHOUT ROWID`)
	if err != nil {
		b.Fatal(err)
	}
	insert, err := db.Prepare(`INSERT INTO output VALUES (1, ?, ?)`)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = insert.Close() })
	return insert
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
