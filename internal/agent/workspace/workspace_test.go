package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func open(t *testing.T) (*Workspace, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "workspace")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	w, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.Close() })
	return w, dir
}

// write writes a whole file by one piece.
func write(w *Workspace, name, content string, mode fs.FileMode) error {
	writer := w.NewWriter()
	defer writer.Abandon()
	return writer.Write(name, mode, []byte(content), false)
}

func mustBe(t *testing.T, path, content string, mode fs.FileMode) {
	t.Helper()
	got, err := os.ReadFile(path)
	if err != nil || string(got) != content {
		t.Errorf("%s has %q, %v; want %q", path, got, err, content)
	}
	if info, err := os.Stat(path); err != nil || info.Mode() != mode {
		t.Errorf("%s has mode %v, %v; want %v", path, info.Mode(), err, mode)
	}
}

func TestWriteGivesExactModes(t *testing.T) {
	t.Parallel()
	w, dir := open(t)
	for _, mode := range []fs.FileMode{0o777, 0o666, 0o755, 0o600, 0o400, 0o000} {
		name := fmt.Sprintf("a/b/%o", mode)
		if err := write(w, name, "x", mode); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode() != mode {
			t.Errorf("%s has mode %v, %v", name, info.Mode(), err)
		}
	}
	for _, parent := range []string{"a", "a/b"} {
		if info, err := os.Stat(filepath.Join(dir, parent)); err != nil || info.Mode().Perm() != 0o755 {
			t.Errorf("%s has mode %v, %v; want 0755", parent, info.Mode(), err)
		}
	}
}

func TestWriteInPiecesAppearsWhenComplete(t *testing.T) {
	t.Parallel()
	w, dir := open(t)
	if err := write(w, "f", "old", 0o644); err != nil {
		t.Fatal(err)
	}
	writer := w.NewWriter()
	for _, piece := range []string{"one ", "two "} {
		if err := writer.Write("f", 0o755, []byte(piece), true); err != nil {
			t.Fatal(err)
		}
		mustBe(t, filepath.Join(dir, "f"), "old", 0o644)
	}
	if err := writer.Write("g", 0o755, nil, false); !errors.Is(err, ErrPath) {
		t.Errorf("another file within a file: %v, want ErrPath", err)
	}
	if err := writer.Write("f", 0o755, []byte("three"), false); err != nil {
		t.Fatal(err)
	}
	mustBe(t, filepath.Join(dir, "f"), "one two three", 0o755)
	if files, bytes := writer.Written(); files != 1 || bytes != 13 {
		t.Errorf("Written = %d, %d; want 1, 13", files, bytes)
	}
}

func TestAbandonLeavesNothing(t *testing.T) {
	t.Parallel()
	w, dir := open(t)
	writer := w.NewWriter()
	if err := writer.Write("f", 0o644, []byte("x"), true); err != nil {
		t.Fatal(err)
	}
	writer.Abandon()
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 0 {
		t.Errorf("%v, %v are left", entries, err)
	}
}

func TestWriteRefusesWhatIsInTheWay(t *testing.T) {
	t.Parallel()
	w, dir := open(t)
	outside := filepath.Join(filepath.Dir(dir), "outside")
	for _, err := range []error{
		os.Mkdir(outside, 0o755),
		os.WriteFile(filepath.Join(outside, "f"), []byte("untouched"), 0o600),
		os.Symlink(outside, filepath.Join(dir, "out")),
		os.Symlink("../outside", filepath.Join(dir, "relative")),
		os.Symlink("inner", filepath.Join(dir, "in")),
		os.Symlink(filepath.Join(outside, "f"), filepath.Join(dir, "file")),
		os.Mkdir(filepath.Join(dir, "inner"), 0o755),
		os.WriteFile(filepath.Join(dir, "plain"), nil, 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"out/f", "out/g", "relative/f", "in/f", "file", "inner", "plain/f"} {
		if err := write(w, name, "evil", 0o644); !errors.Is(err, ErrLink) {
			t.Errorf("write %s: %v, want ErrLink", name, err)
		}
	}
	for _, name := range []string{"", ".", "..", "../f", "/f", "a/../f", "a//f", "a/", "a\x00b", "./f"} {
		if err := write(w, name, "evil", 0o644); !errors.Is(err, ErrPath) {
			t.Errorf("write %q: %v, want ErrPath", name, err)
		}
	}
	mustBe(t, filepath.Join(outside, "f"), "untouched", 0o600)
}

func TestFullDiskIsSaid(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := unix.Mount("none", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Fatalf("cannot mount a small file system: %v", err)
	}
	t.Cleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	w, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := write(w, "f", strings.Repeat("x", 2<<20), 0o644); !errors.Is(err, ErrFull) {
		t.Errorf("write = %v, want ErrFull", err)
	}
	if err := write(w, "g", "there is room", 0o644); err != nil {
		t.Error(err)
	}
}

func TestDir(t *testing.T) {
	t.Parallel()
	w, dir := open(t)
	for _, err := range []error{
		os.Mkdir(filepath.Join(dir, "sub"), 0o755),
		os.Symlink("sub", filepath.Join(dir, "in")),
		os.Symlink("..", filepath.Join(dir, "out")),
		os.WriteFile(filepath.Join(dir, "file"), nil, 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]string{"": dir, ".": dir, "sub": dir + "/sub", "in": dir + "/in"} {
		if got, err := w.Dir(name); err != nil || got != want {
			t.Errorf("Dir(%q) = %q, %v; want %q", name, got, err, want)
		}
	}
	for _, name := range []string{"out", "file", "missing", "..", "/"} {
		if got, err := w.Dir(name); err == nil {
			t.Errorf("Dir(%q) = %q, want an error", name, got)
		}
	}
}

// collect returns what is collected as "path:mode:content".
func collect(w *Workspace, limit Limit, patterns ...string) (got []string, err error) {
	var content strings.Builder
	err = w.Collect(patterns, limit, 4, func(piece Piece) error {
		content.Write(piece.Data)
		if !piece.More {
			got = append(got, fmt.Sprintf("%s:%o:%s", piece.Path, piece.Mode, content.String()))
			content.Reset()
		}
		return nil
	})
	return got, err
}

func TestCollect(t *testing.T) {
	t.Parallel()
	w, dir := open(t)
	for name, content := range map[string]string{
		"a/x.txt": "12345678", "a/y.log": "", "a/b/z.txt": "three", "a-b": "minus", "top.txt": "top", "node/deep/er/x.txt": "no",
	} {
		if err := write(w, name, content, 0o640); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{
		os.Symlink("/etc", filepath.Join(dir, "etc")),
		os.Symlink("/etc/passwd", filepath.Join(dir, "a/passwd.txt")),
		unix.Mkfifo(filepath.Join(dir, "a/pipe.txt"), 0o600),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	all := Limit{Bytes: 1000, Files: 100}
	for _, test := range []struct {
		patterns []string
		want     []string
	}{
		{[]string{"a/*.txt"}, []string{"a/x.txt:640:12345678"}},
		{[]string{"a/**"}, []string{"a/b/z.txt:640:three", "a/x.txt:640:12345678", "a/y.log:640:"}},
		{[]string{"**/z.txt", "*.txt", "a-?"}, []string{"a/b/z.txt:640:three", "a-b:640:minus", "top.txt:640:top"}},
		{[]string{"etc/**", "a/passwd.txt", "missing"}, nil},
	} {
		got, err := collect(w, all, test.patterns...)
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%v: got %q, %v; want %q", test.patterns, got, err, test.want)
		}
	}
	for _, limit := range []Limit{{Bytes: 12, Files: 100}, {Bytes: 1000, Files: 2}} {
		if _, err := collect(w, limit, "a/**"); !errors.Is(err, ErrLimit) {
			t.Errorf("%+v: %v, want ErrLimit", limit, err)
		}
	}
	for _, bad := range []string{"", "../x", "/x", "a/[", "a/../b"} {
		if _, err := collect(w, all, bad); !errors.Is(err, ErrPath) {
			t.Errorf("%q: %v, want ErrPath", bad, err)
		}
	}
}
