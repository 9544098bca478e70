package journal_test

import (
	"bytes"
	"errors"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/internal/journal"
)

// TestReserve shows that on a full disk executions still end, that nothing else takes the room meant for that, and that all is as
// before when there is room again, however often.
func TestReserve(t *testing.T) {
	onSmallDisk(t, "32m", spendAndRestore)
}

func spendAndRestore(t *testing.T, dir string) {
	t.Helper()
	j := open(t, dir)
	for round := range 5 {
		name := strconv.Itoa(round)
		first, second := newWriter(t, j, "first-"+name), newWriter(t, j, "second-"+name)
		ballast := fill(t, dir, 0)
		append1(t, first, verbose(started(0, 1)))
		wantOnlyStates(t, j, first, "first-"+name)
		append1(t, first, ended())
		if round%2 == 1 {
			if err := errors.Join(second.Close(), j.Close()); err != nil {
				t.Fatal(err)
			}
			j = open(t, dir)
			second = writer(t, j, "second-"+name)
			wantOnlyStates(t, j, second, "second-"+name)
		}
		append1(t, second, ended())
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		third := newWriter(t, j, "third-"+name)
		output(t, third, 0, 1, make([]byte, 100<<10))
		append1(t, third, ended())
	}
}

// wantOnlyStates checks that what is no state is refused.
func wantOnlyStates(t *testing.T, j *journal.Journal, w journal.Writer, id string) {
	t.Helper()
	wantFull(t, "Output", w.Output(t.Context(), stdout(w, 0, 1, []byte("x"))))
	_, err := j.KeepFile(t.Context(), id, 0, "file", 0o644, bytes.NewReader([]byte("x")))
	wantFull(t, "KeepFile", err)
	_, _, err = j.Create(t.Context(), admission("other", 1))
	wantFull(t, "Create", err)
	append1(t, w, started(0, 2))
}

// verbose makes a change larger than any room that the database has left of its own.
func verbose(change journal.Change) journal.Change {
	change.Header = &journal.Header{Error: strings.Repeat("x", 500<<10)}
	return change
}

// An execution that is known already is found on a full disk, too.
func TestReserveKeepsNobodyFromJoining(t *testing.T) {
	onSmallDisk(t, "32m", joinOnFullDisk)
}

func joinOnFullDisk(t *testing.T, dir string) {
	t.Helper()
	j := open(t, dir)
	a := admission("known", 1)
	a.Key = "key"
	if _, _, err := j.Create(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	w := writer(t, j, "known")
	fill(t, dir, 0)
	append1(t, w, verbose(started(0, 1)))
	a.ID = "joining"
	if execution, created, err := j.Create(t.Context(), a); err != nil || created || execution.ID != "known" {
		t.Errorf("Create: %q, created %t, error %v; want the known one", execution.ID, created, err)
	}
}
