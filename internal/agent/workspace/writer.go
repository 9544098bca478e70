package workspace

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"syscall"
)

// Writer writes files, one after the other. It is used by one goroutine.
type Writer struct {
	root  *os.Root
	dirs  map[string]bool // that were seen to be there
	open  string          // the file that is incomplete; empty: none
	temp  string          // where its bytes are meanwhile
	files uint64
	bytes uint64
}

// NewWriter returns a Writer. Whoever uses it calls Abandon at the end.
func (w *Workspace) NewWriter() *Writer {
	return &Writer{root: w.root, dirs: map[string]bool{".": true}}
}

// Written returns how many files were completed, and how many bytes were written.
func (w *Writer) Written() (files, bytes uint64) { return w.files, w.bytes }

// Write writes the next piece of a file. With the last one the file appears under its name, with exactly these permission bits,
// whatever the umask is. It replaces another file, not a directory and not a link.
//
// It never holds a file open: a process that another goroutine starts meanwhile would inherit it open for writing, and
// executing the file would fail with ETXTBSY. So each piece opens and closes it, with syscall.ForkLock, which a fork takes, held.
func (w *Writer) Write(name string, mode fs.FileMode, data []byte, more bool) error {
	if w.open != "" && w.open != name {
		return fmt.Errorf("%w: %s begins before %s is complete", ErrPath, name, w.open)
	}
	if w.open == "" {
		if err := w.begin(name); err != nil {
			return err
		}
	}
	if err := w.append(data, mode, more); err != nil {
		return explain("write", name, err)
	}
	w.bytes += uint64(len(data))
	if more {
		return nil
	}
	if err := w.root.Rename(w.temp, name); err != nil {
		return explain("write", name, err)
	}
	w.open, w.temp = "", ""
	w.files++
	return nil
}

// Abandon removes what is there of an incomplete file.
func (w *Writer) Abandon() {
	if w.temp != "" {
		_ = w.root.Remove(w.temp) // it goes with the workspace then
		w.open, w.temp = "", ""
	}
}

// begin makes sure that a file may be written under this name.
func (w *Writer) begin(name string) error {
	if err := Check(name); err != nil {
		return err
	}
	dir := path.Dir(name)
	if err := w.makeDir(dir); err != nil {
		return err
	}
	info, err := w.root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return explain("write", name, err)
	case info.IsDir():
		return fmt.Errorf("cannot write %s: %w: it is a directory", name, ErrLink)
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("cannot write %s: %w: it is a link", name, ErrLink)
	}
	w.open = name
	w.temp = path.Join(dir, ".clockwork-"+rand.Text())
	return nil
}

// append adds bytes to the temporary file, which the first of them creates.
func (w *Writer) append(data []byte, mode fs.FileMode, more bool) (err error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	file, err := w.root.OpenFile(w.temp, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if closed := file.Close(); err == nil {
			err = closed
		}
	}()
	if _, err := file.Write(data); err != nil {
		return err
	}
	if more {
		return nil
	}
	return file.Chmod(mode.Perm())
}

// makeDir makes a directory and those above it, with mode 0755 whatever the umask is.
func (w *Writer) makeDir(dir string) error {
	if w.dirs[dir] {
		return nil
	}
	if err := w.makeDir(path.Dir(dir)); err != nil {
		return err
	}
	err := w.root.Mkdir(dir, 0o755)
	if err == nil {
		err = w.root.Chmod(dir, 0o755)
	} else if errors.Is(err, fs.ErrExist) {
		err = w.mustBeDir(dir)
	}
	if err != nil {
		return explain("make the directory", dir, err)
	}
	w.dirs[dir] = true
	return nil
}

func (w *Writer) mustBeDir(dir string) error {
	info, err := w.root.Lstat(dir)
	switch {
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%w: it is a link", ErrLink)
	case !info.IsDir():
		return fmt.Errorf("%w: it is a file", ErrLink)
	}
	return nil
}
