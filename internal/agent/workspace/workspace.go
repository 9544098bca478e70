package workspace

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Workspace is a directory.
type Workspace struct {
	dir  string
	root *os.Root
}

// Open opens the workspace at an absolute path, which exists.
func Open(dir string) (*Workspace, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot open the workspace: %w", err)
	}
	return &Workspace{dir: dir, root: root}, nil
}

// Close lets go of it.
func (w *Workspace) Close() error { return w.root.Close() }

// Dir returns the absolute path of a directory in the workspace; of the workspace itself if the name is empty. The error tells a user
// why no process can start there.
func (w *Workspace) Dir(name string) (string, error) {
	if name == "" || name == "." {
		return w.dir, nil
	}
	if err := Check(name); err != nil {
		return "", fmt.Errorf("cannot use the working directory: %w", err)
	}
	info, err := w.root.Stat(name) // follows links, but not out of the workspace
	if errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("cannot use the working directory %s: the workspace has no such directory", name)
	}
	if err != nil {
		return "", fmt.Errorf("cannot use the working directory %s: %w", name, err)
	}
	if !info.IsDir() {
		return "", fmt.Errorf("cannot use the working directory %s: it is not a directory", name)
	}
	return filepath.Join(w.dir, filepath.FromSlash(name)), nil
}
