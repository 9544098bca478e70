package journal_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/clockworkd/clockwork/internal/journal"
)

// past fills a journal with five executions that ended an hour apart, the last one now, and one that goes on. Each has 1 MiB
// of output, a kept file of 1 MiB, and a request of 1 MiB.
func past(t *testing.T, dir string, now time.Time) *journal.Journal {
	t.Helper()
	j, err := journal.Open(t.Context(), journal.Options{Dir: dir, Clock: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = j.Close() })
	const size = 1 << 20
	for i := range 6 {
		id := fmt.Sprintf("e-%d", i)
		a := admission(id, 1)
		a.Request.Runner = strings.Repeat("x", size)
		if _, _, err := j.Create(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		w := writer(t, j, id)
		output(t, w, 0, 1, make([]byte, size))
		if _, err := j.KeepFile(t.Context(), id, 0, "file", 0o600, strings.NewReader(strings.Repeat("x", size))); err != nil {
			t.Fatal(err)
		}
		if i < 5 {
			end := ended()
			end.Events[0].Time = timestamppb.New(now.Add(time.Duration(i-4) * time.Hour))
			append1(t, w, end)
		}
	}
	return j
}

func TestRetain(t *testing.T) {
	t.Parallel()
	now := time.Date(2031, 1, 1, 0, 0, 0, 0, time.UTC)
	for name, test := range map[string]struct {
		policy  journal.Retention
		removed int
	}{
		"everything":      {journal.Retention{}, 0},
		"by age":          {journal.Retention{MaxAge: 150 * time.Minute}, 2},
		"by count":        {journal.Retention{MaxCount: 1}, 4},
		"by bytes":        {journal.Retention{MaxBytes: 13 << 20}, 2},
		"the stricter":    {journal.Retention{MaxCount: 4, MaxAge: 90 * time.Minute}, 3},
		"nothing at all":  {journal.Retention{MaxBytes: 1}, 5},
		"more than there": {journal.Retention{MaxCount: 100, MaxAge: 99 * time.Hour, MaxBytes: 1 << 40}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			j := past(t, dir, now)
			before := diskUsage(t, dir)
			removed, err := j.Retain(t.Context(), test.policy)
			if err != nil {
				t.Fatal(err)
			}
			if want := []string{"e-0", "e-1", "e-2", "e-3", "e-4"}[:test.removed]; !slices.Equal(removed, want) {
				t.Fatalf("removed %v, want %v", removed, want)
			}
			for i := range 6 {
				_, err := j.Get(t.Context(), fmt.Sprintf("e-%d", i))
				if gone := i < test.removed; errors.Is(err, journal.ErrNotFound) != gone || (!gone && err != nil) {
					t.Errorf("execution %d: %v", i, err)
				}
			}
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			if freed := before - diskUsage(t, dir); freed < int64(test.removed)*3<<20 {
				t.Errorf("%d bytes given back to the disk for %d executions of 3 MiB", freed, test.removed)
			}
		})
	}
}

// TestRetainFreesTheKey also shows that the id can come again, and is another execution then.
func TestRetainFreesTheKey(t *testing.T) {
	t.Parallel()
	j := open(t, t.TempDir())
	a := admission("execution", 1)
	a.Key = "key"
	for range 3 {
		if _, created, err := j.Create(t.Context(), a); err != nil || !created {
			t.Fatalf("created %t, error %v", created, err)
		}
		w := writer(t, j, "execution")
		output(t, w, 0, 1, []byte("x"))
		append1(t, w, ended())
		if n := len(mustCollect(t, j.Follow(t.Context(), "execution", 0), 0)); n != 3 {
			t.Errorf("%d events, want 3", n)
		}
		if removed, err := j.Retain(t.Context(), journal.Retention{MaxBytes: 1}); err != nil || len(removed) != 1 {
			t.Fatal(removed, err)
		}
	}
}

// TestRetainGoesOnAfterCrash leaves the journal as it is between the commit and the removal of the files.
func TestRetainGoesOnAfterCrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := past(t, dir, time.Now())
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	query(t, filepath.Join(dir, "journal.db"), `PRAGMA foreign_keys = 1; DELETE FROM executions WHERE id = 'e-0'; INSERT INTO removed VALUES ('e-0')`)
	write(t, filepath.Join(dir, "tmp", "half"), []byte("a file that was being written"))
	j = open(t, dir)
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if entry.Name() == "e-0" || entry.Name() == "half" {
			t.Errorf("%s is still there", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// diskUsage is the size of all files in a directory.
func diskUsage(t *testing.T, dir string) (total int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		info, err := os.Stat(path)
		if err == nil {
			total += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return total
}
