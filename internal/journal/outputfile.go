package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
)

// outputFile is the file that an execution's output is appended to. It comes into being with the first frame. One goroutine
// at a time may use it.
type outputFile struct {
	root *os.Root
	path string
	// file is nil until something is written.
	file *os.File
	// size is where the last whole frame ends. What may lie behind it is the rest of a write that failed; the next one overwrites it.
	size int64
	// dirty says that the disk may not have everything yet.
	dirty bool
	// unnamed says that the disk may not have the name yet.
	unnamed bool
	// broken is set after a sync of which nobody can tell what is on the disk.
	broken error
}

// outputPath spreads the files over directories by the end of the id: in UUIDs of version 7 that is where they differ.
func outputPath(id string) string {
	return path.Join(outputDir, id[len(id)-2:], id)
}

// write appends a frame: in the kernel when it returns, or not at all.
func (o *outputFile) write(frame []byte) error {
	if o.broken != nil {
		return o.broken
	}
	if err := o.open(); err != nil {
		return err
	}
	if _, err := o.file.WriteAt(frame, o.size); err != nil {
		_ = o.file.Truncate(o.size) // only to be tidy: see size
		return err
	}
	o.size += int64(len(frame))
	o.dirty = true
	return nil
}

// open opens the file for writing; the first time it creates it.
func (o *outputFile) open() (err error) {
	if o.file != nil {
		return nil
	}
	dir := path.Dir(o.path)
	if err := makeDir(o.root, dir); err != nil {
		return err
	}
	o.file, err = o.root.OpenFile(o.path, os.O_RDWR|os.O_CREATE, 0o600)
	o.unnamed = true
	return err
}

// cut takes back what was written behind size.
func (o *outputFile) cut(size int64) error {
	if err := o.open(); err != nil {
		return err
	}
	if err := o.file.Truncate(size); err != nil {
		return err
	}
	o.size, o.dirty = size, true
	return nil
}

// sync brings everything to the disk.
func (o *outputFile) sync() error {
	if o.broken != nil {
		return o.broken
	}
	if !o.dirty {
		return nil
	}
	if err := o.open(); err != nil {
		return err
	}
	if err := o.file.Sync(); err != nil {
		// The kernel may have dropped what it could not write: a second try would succeed without having written it.
		o.broken = fmt.Errorf("cannot bring output to the disk (%w); look after the disk, then restart", err)
		return o.broken
	}
	if o.unnamed {
		if err := syncDir(o.root, path.Dir(o.path)); err != nil {
			return err
		}
	}
	o.dirty, o.unnamed = false, false
	return nil
}

// close closes the file; a later write opens it again.
func (o *outputFile) close() error {
	if o.file == nil {
		return nil
	}
	err := o.file.Close()
	o.file = nil
	return err
}

// makeDir creates a directory and its parents, where they are missing, and makes their names durable.
func makeDir(root *os.Root, dir string) error {
	err := root.Mkdir(dir, 0o700)
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case errors.Is(err, fs.ErrNotExist):
		if err := makeDir(root, path.Dir(dir)); err != nil {
			return err
		}
		return makeDir(root, dir)
	case err != nil:
		return err
	}
	return syncDir(root, path.Dir(dir))
}
