package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// download is a directory into which files are saved. Their paths come from a sandbox and are not trusted: nothing is
// written outside, neither by ".." nor through a link.
type download struct {
	dir  string
	root *os.Root
}

func openDownload(dir string) (*download, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("cannot create the directory for the files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot open the directory for the files: %w", err)
	}
	return &download{dir: dir, root: root}, nil
}

func (d *download) close() {
	_ = d.root.Close()
}

// path is where a file is saved.
func (d *download) path(name string) string {
	return filepath.Join(d.dir, filepath.FromSlash(name))
}

// save writes a file beside its place, verifies it and moves it there.
func (d *download) save(file *clockworkv1.OutputFile, read func(w *verifier) error) error {
	name := filepath.FromSlash(file.GetPath())
	if err := d.write(name, file, read); err != nil {
		return fmt.Errorf("cannot save %s: %w", d.path(file.GetPath()), err)
	}
	return nil
}

func (d *download) write(name string, file *clockworkv1.OutputFile, read func(w *verifier) error) error {
	if err := d.root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	part := name + ".clockwork-part"
	if err := d.root.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	out, err := d.root.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	w := &verifier{out: out, hash: sha256.New()}
	err = errors.Join(read(w), out.Chmod(fs.FileMode(file.GetMode()).Perm()), out.Close())
	if err == nil {
		err = w.verify(file.GetDigest())
	}
	if err == nil {
		err = d.root.Rename(part, name)
	}
	if err != nil {
		return errors.Join(err, d.root.Remove(part))
	}
	return nil
}

// verifier writes through and remembers the digest.
type verifier struct {
	out  io.Writer
	hash hash.Hash
}

// Write writes p and adds it to the digest.
func (v *verifier) Write(p []byte) (int, error) {
	v.hash.Write(p)
	return v.out.Write(p)
}

func (v *verifier) verify(digest string) error {
	if got := "sha256:" + hex.EncodeToString(v.hash.Sum(nil)); got != digest {
		return fmt.Errorf("its digest is %s instead of %s; try again", got, digest)
	}
	return nil
}
