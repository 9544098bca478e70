package journal_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/clockworkd/clockwork/internal/journal"
)

func TestKeepFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir)
	w := newWriter(t, j, "execution")
	keep := func(step uint32, path, content string) {
		t.Helper()
		file, err := j.KeepFile(t.Context(), "execution", step, path, os.ModeSetuid|0o751, strings.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		if file.GetPath() != filepath.Clean(path) || file.GetSize() != uint64(len(content)) || file.GetMode() != 0o751 {
			t.Errorf("kept %v", file)
		}
	}
	const abc = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	file, err := j.KeepFile(t.Context(), "execution", 0, "abc", 0o600, strings.NewReader("abc"))
	if err != nil || file.GetDigest() != abc {
		t.Errorf("digest %s, error %v; want %s", file.GetDigest(), err, abc)
	}
	long := strings.Repeat("a long name/", 80) + "end"
	keep(0, "out", "a file")
	keep(0, "out/file", "where a file was is a directory now")
	keep(0, "out", "another file")
	keep(1, "./out", "")
	keep(0, long, "long")
	append1(t, w, ended())
	if err := errors.Join(w.Close(), j.Close()); err != nil {
		t.Fatal(err)
	}
	j = open(t, dir)
	for _, test := range []struct {
		step       uint32
		path, want string
	}{
		{0, "out", "another file"},
		{0, "x/../out", "another file"},
		{0, "out/file", "where a file was is a directory now"},
		{1, "out", ""},
		{0, long, "long"},
	} {
		file, err := j.OpenFile(t.Context(), "execution", test.step, test.path)
		if err != nil {
			t.Errorf("%s: %v", test.path, err)
			continue
		}
		content, err := io.ReadAll(file)
		if err := errors.Join(err, file.Close()); err != nil || string(content) != test.want {
			t.Errorf("%s has %q, error %v; want %q", test.path, content, err, test.want)
		}
	}
	if _, err := j.OpenFile(t.Context(), "execution", 1, "abc"); !errors.Is(err, journal.ErrNotFound) {
		t.Errorf("a file of another step: %v, want ErrNotFound", err)
	}
}

func TestKeepFileRefuses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	j := open(t, dir)
	w := newWriter(t, j, "execution")
	newWriter(t, j, "finished")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	broken := errors.New("the sandbox is gone")
	for name, test := range map[string]struct {
		ctx     context.Context
		id      string
		path    string
		content io.Reader
		want    error
	}{
		"a path that leads out":  {t.Context(), "execution", "a/../../b", strings.NewReader(""), nil},
		"an absolute path":       {t.Context(), "execution", "/etc/passwd", strings.NewReader(""), nil},
		"no path":                {t.Context(), "execution", "", strings.NewReader(""), nil},
		"content that breaks":    {t.Context(), "execution", "a", io.MultiReader(strings.NewReader("a"), iotest.ErrReader(broken)), broken},
		"a context that ended":   {gone, "execution", "a", strings.NewReader("a"), context.Canceled},
		"an execution not known": {t.Context(), "nobody", "a", strings.NewReader("a"), journal.ErrNotFound},
	} {
		_, err := j.KeepFile(test.ctx, test.id, 0, test.path, 0o600, test.content)
		if err == nil || (test.want != nil && !errors.Is(err, test.want)) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
	append1(t, w, ended())
	if _, err := j.KeepFile(t.Context(), "execution", 0, "late", 0o600, bytes.NewReader(nil)); err == nil {
		t.Error("an execution that has ended took a file")
	}
	if entries, err := os.ReadDir(filepath.Join(dir, "tmp")); err != nil || len(entries) != 0 {
		t.Errorf("left behind: %v, error %v", entries, err)
	}
}
