package journal_test

import (
	"bytes"
	"database/sql"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/clockworkd/clockwork/internal/journal"
)

func TestOpenTwice(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir)
	_, err := journal.Open(t.Context(), journal.Options{Dir: dir})
	if err == nil || !strings.Contains(err.Error(), "process "+strconv.Itoa(os.Getpid())) {
		t.Errorf("a second journal in one directory: %v; want an error that names this process", err)
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if files := slices.Sorted(maps.Keys(snapshot(t, dir))); len(files) != 1 {
		t.Errorf("a closed journal is %q, want the database alone", files)
	}
	open(t, dir)
}

func TestOpenClosesTheDirectoryToOthers(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a dir?with#odd%20name", "state")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	newWriter(t, open(t, dir), "execution")
	info, err := os.Stat(dir)
	if err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("mode %v, error %v; want 0700", info.Mode(), err)
	}
	if _, err := os.Stat(filepath.Join(dir, "journal.db")); err != nil {
		t.Error(err)
	}
}

// TestOpenRefuses shows each kind of file that is not a journal of this version, and that it is left as it is.
func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		spoil func(t *testing.T, path string)
		want  string
	}{
		"a newer version": {func(t *testing.T, path string) { query(t, path, `PRAGMA user_version = 99`) }, "version 99"},
		"a newer version in the log": {
			func(t *testing.T, path string) {
				saved := keepLog(t, path, func() { query(t, path, `PRAGMA user_version = 99`) })
				saved()
			}, "version 99",
		},
		"another program's": {func(t *testing.T, path string) { query(t, path, `PRAGMA application_id = 1`) }, "is not one"},
		"a text":            {func(t *testing.T, path string) { write(t, path, bytes.Repeat([]byte("hello\n"), 999)) }, "is not one"},
		"an empty file":     {func(t *testing.T, path string) { write(t, path, nil) }, "damaged"},
		"garbage within": {
			func(t *testing.T, path string) {
				data := read(t, path)
				for i := 4096; i < len(data); i++ {
					data[i] ^= byte(i * 7)
				}
				write(t, path, data)
			}, "damaged",
		},
		"the end missing": {func(t *testing.T, path string) { write(t, path, read(t, path)[:3*4096]) }, "damaged"},
		"the file missing, but not its log": {
			func(t *testing.T, path string) {
				if err := os.Rename(path, path+"-wal"); err != nil {
					t.Fatal(err)
				}
			}, "is missing",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			j := open(t, dir)
			create(t, j, "execution", 500)
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			test.spoil(t, filepath.Join(dir, "journal.db"))
			before := snapshot(t, dir)
			j, err := journal.Open(t.Context(), journal.Options{Dir: dir})
			if err == nil {
				_ = j.Close()
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("error %v, want one that says %q", err, test.want)
			}
			if after := snapshot(t, dir); !maps.Equal(before, after) {
				t.Error("the refused database was changed")
			}
		})
	}
}

func TestCloseEndsEverything(t *testing.T) {
	t.Parallel()
	j := open(t, t.TempDir())
	w := newWriter(t, j, "execution")
	followed := make(chan error)
	go func() {
		_, err := collect(j.Follow(t.Context(), "execution", 1))
		followed <- err
	}()
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	_, _, create := j.Create(ctx, admission("another", 1))
	_, get := j.Get(ctx, "execution")
	_, _, list := j.List(ctx, journal.Filter{})
	_, unfinished := j.Unfinished(ctx)
	_, events := collect(j.Events(ctx, "execution", 0))
	_, keep := j.KeepFile(ctx, "execution", 0, "a", 0, strings.NewReader(""))
	_, retain := j.Retain(ctx, journal.Retention{})
	for name, err := range map[string]error{
		"Follow": <-followed, "Append": w.Append(ctx, started(0, 1)), "Output": w.Output(ctx, stdout(w, 0, 1, []byte("x"))),
		"Create": create, "Get": get, "List": list, "Unfinished": unfinished, "Events": events, "KeepFile": keep, "Retain": retain,
	} {
		if !errors.Is(err, journal.ErrClosed) {
			t.Errorf("%s: %v, want ErrClosed", name, err)
		}
	}
}

// query executes SQL in a database behind the journal's back.
func query(t *testing.T, path, statement string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), statement); err != nil {
		t.Fatal(err)
	}
}

// keepLog returns what brings database and log back to where they were after change, but before the log was moved over.
func keepLog(t *testing.T, path string, change func()) (restore func()) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	// While this reader is there, nobody removes the log.
	if err := db.PingContext(t.Context()); err != nil {
		t.Fatal(err)
	}
	var version int
	if err := db.QueryRowContext(t.Context(), `PRAGMA user_version`).Scan(&version); err != nil {
		t.Fatal(err)
	}
	database := read(t, path)
	change()
	log := read(t, path+"-wal")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return func() {
		write(t, path, database)
		write(t, path+"-wal", log)
	}
}

func read(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
}

// snapshot returns what is in the files of the database; what SQLite shares between processes is none of it.
func snapshot(t *testing.T, dir string) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(dir, "journal.db*"))
	if err != nil {
		t.Fatal(err)
	}
	files := make(map[string]string)
	for _, path := range paths {
		if !strings.HasSuffix(path, "-shm") {
			files[path] = string(read(t, path))
		}
	}
	return files
}
