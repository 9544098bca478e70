package removal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Tree removes a directory with everything in it, also where steps have taken away their own permissions. It follows no
// link, and refuses to reach into what is mounted in it.
func Tree(dir string) error {
	if mounted, err := mountBelow(dir); err != nil {
		return err
	} else if mounted != "" {
		return fmt.Errorf("cannot remove %s: something is mounted at %s; unmount it", dir, mounted)
	}
	parent, err := os.OpenRoot(filepath.Dir(dir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer parent.Close()
	name := filepath.Base(dir)
	err = parent.RemoveAll(name)
	if !errors.Is(err, fs.ErrPermission) {
		return err
	}
	if err := makeWritable(parent, name); err != nil {
		return err
	}
	return parent.RemoveAll(name)
}

// makeWritable lets us into every directory of a tree. Nothing that could exchange one for a link runs any more.
func makeWritable(parent *os.Root, name string) error {
	info, err := parent.Lstat(name)
	if err != nil || !info.IsDir() {
		return err
	}
	if err := parent.Chmod(name, 0o700); err != nil {
		return err
	}
	dir, err := parent.OpenRoot(name)
	if err != nil {
		return err
	}
	defer dir.Close()
	entries, err := fs.ReadDir(dir.FS(), ".")
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		if err := makeWritable(dir, entry.Name()); err != nil {
			return err
		}
	}
	return nil
}
