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
		spoil func(victim)
		want  string
	}{
		"a newer version":            {func(v victim) { v.query(`PRAGMA user_version = 99`) }, "version 99"},
		"a newer version in the log": {func(v victim) { v.queryInLog(`PRAGMA user_version = 99`) }, "version 99"},
		"another program's":          {func(v victim) { v.query(`PRAGMA application_id = 1`) }, "is not one"},
		"a text":                     {func(v victim) { v.write(bytes.Repeat([]byte("hello\n"), 999)) }, "is not one"},
		"an empty file":              {func(v victim) { v.write(nil) }, "damaged"},
		"the end missing":            {func(v victim) { v.write(v.read()[:3*4096]) }, "damaged"},
		"garbage within": {
			func(v victim) {
				data := v.read()
				for i := 4096; i < len(data); i++ {
					data[i] ^= byte(i * 7)
				}
				v.write(data)
			}, "damaged",
		},
		"the file missing, but not its log": {func(v victim) { v.rename("-wal") }, "is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			j := open(t, dir)
			create(t, j, "execution", 500)
			if err := j.Close(); err != nil {
				t.Fatal(err)
			}
			test.spoil(victim{t, filepath.Join(dir, "journal.db")})
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

// victim is a database that a test spoils.
type victim struct {
	t    *testing.T
	path string
}

func (v victim) query(statement string) { v.t.Helper(); query(v.t, v.path, statement) }
func (v victim) read() []byte           { v.t.Helper(); return read(v.t, v.path) }
func (v victim) write(data []byte)      { v.t.Helper(); write(v.t, v.path, data) }

func (v victim) rename(suffix string) {
	v.t.Helper()
	if err := os.Rename(v.path, v.path+suffix); err != nil {
		v.t.Fatal(err)
	}
}

// queryInLog leaves what the statement does in the write-ahead log, as a crash would.
func (v victim) queryInLog(statement string) {
	v.t.Helper()
	reader, err := sql.Open("sqlite", "file:"+v.path+"?mode=ro")
	if err != nil {
		v.t.Fatal(err)
	}
	// While the reader is there, nobody removes the log.
	var version int
	if err := reader.QueryRowContext(v.t.Context(), `PRAGMA user_version`).Scan(&version); err != nil {
		v.t.Fatal(err)
	}
	database := v.read()
	v.query(statement)
	log := read(v.t, v.path+"-wal")
	if err := reader.Close(); err != nil {
		v.t.Fatal(err)
	}
	v.write(database)
	write(v.t, v.path+"-wal", log)
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
