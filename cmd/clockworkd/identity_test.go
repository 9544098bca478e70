package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

func TestIdentityIsDrawnOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := loadIdentity(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.id) != 36 || len(first.key) != keyBytes {
		t.Errorf("drew an id of %d bytes and a key of %d", len(first.id), len(first.key))
	}
	for _, name := range []string{idName, keyName} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode() != 0o600 {
			t.Errorf("%s: %v, %v; want the mode 0600", name, info, err)
		}
	}
	if again, err := loadIdentity(dir); err != nil || !reflect.DeepEqual(again, first) {
		t.Errorf("read %v, %v; want %v", again, err, first)
	}
	if other, err := loadIdentity(t.TempDir()); err != nil || other.id == first.id || reflect.DeepEqual(other.key, first.key) {
		t.Errorf("two daemons share %v, %v", other, err)
	}
}

func TestDamagedIdentityIsLeftAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, content string }{{idName, "x"}, {idName, ""}, {keyName, "zz"}, {keyName, "00ff"}} {
		dir := t.TempDir()
		if _, err := loadIdentity(dir); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, c.name)
		if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := loadIdentity(dir); err == nil || !strings.Contains(err.Error(), "cannot use "+path) {
			t.Errorf("%s with %q: %v", c.name, c.content, err)
		}
		if content, err := os.ReadFile(path); err != nil || string(content) != c.content {
			t.Errorf("%s was changed to %q, %v", c.name, content, err)
		}
	}
}
