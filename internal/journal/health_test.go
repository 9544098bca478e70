package journal_test

import (
	"errors"
	"os"
	"testing"

	"github.com/clockworkd/clockwork/internal/journal"
)

func TestCheckOnAFullDisk(t *testing.T) {
	onSmallDisk(t, "32m", func(t *testing.T, dir string) {
		t.Helper()
		j := open(t, dir)
		if reserved, err := j.Check(t.Context()); err != nil || reserved == 0 {
			t.Fatalf("%d bytes are set aside, %v; want some", reserved, err)
		}
		w := newWriter(t, j, "first")
		ballast := fill(t, dir, 0)
		append1(t, w, verbose(started(0, 1)))
		if reserved, err := j.Check(t.Context()); !errors.Is(err, journal.ErrFull) || reserved != 0 {
			t.Errorf("on a full disk %d bytes are set aside, %v; want ErrFull", reserved, err)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		if reserved, err := j.Check(t.Context()); err != nil || reserved == 0 {
			t.Errorf("when there is room again %d bytes are set aside, %v; want some", reserved, err)
		}
		append1(t, w, ended())
	})
}

func TestCheckOfAClosedJournal(t *testing.T) {
	t.Parallel()
	j, err := journal.Open(t.Context(), journal.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := j.Check(t.Context()); !errors.Is(err, journal.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}
