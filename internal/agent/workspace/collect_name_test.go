package workspace

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCollectNamesWhatItCannotName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"a", "\xff\xfe", "z"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	var sent []string
	err = w.Collect([]string{"*"}, Limit{Bytes: 100, Files: 100}, 10, func(piece Piece) error {
		sent = append(sent, piece.Path)
		return nil
	})
	if !errors.Is(err, ErrPath) || !strings.Contains(err.Error(), `"\xff\xfe"`) {
		t.Errorf("got %v", err)
	}
	if !slices.Equal(sent, []string{"a", "z"}) {
		t.Errorf("sent %q", sent)
	}
}
