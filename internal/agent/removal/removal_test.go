package removal

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestTreeFollowsNoLink(t *testing.T) {
	t.Parallel()
	outside := filepath.Join(t.TempDir(), "outside")
	if err := os.MkdirAll(outside, 0o500); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "sandbox")
	deep := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{filepath.Join(dir, "link"), filepath.Join(deep, "link")} {
		if err := os.Symlink(outside, link); err != nil {
			t.Fatal(err)
		}
	}
	for _, closed := range []string{deep, filepath.Dir(deep)} {
		if err := os.Chmod(closed, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := Tree(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
	if info, err := os.Stat(outside); err != nil || info.Mode().Perm() != 0o500 {
		t.Errorf("what a link leads to has changed: %v, %v", info, err)
	}
}

func TestMakeWritableLetsUsIn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	deep := filepath.Join(dir, "a", "b")
	if err := os.MkdirAll(deep, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, closed := range []string{deep, filepath.Dir(deep)} {
		if err := os.Chmod(closed, 0); err != nil {
			t.Fatal(err)
		}
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if err := makeWritable(root, "a"); err != nil {
		t.Fatal(err)
	}
	for _, opened := range []string{deep, filepath.Dir(deep)} {
		if info, err := os.Stat(opened); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s is %v, %v; want mode 0700", opened, info, err)
		}
	}
}

func TestMountPointsAreFound(t *testing.T) {
	t.Parallel()
	for dir, want := range map[string]string{"/proc": "/proc", t.TempDir(): ""} {
		if got, err := mountBelow(dir); got != want || err != nil {
			t.Errorf("mountBelow(%s) = %q, %v; want %q", dir, got, err, want)
		}
	}
	if got := unescape(`/a\040b\134c\9`); got != `/a b\c\9` {
		t.Errorf("unescape = %q", got)
	}
}
