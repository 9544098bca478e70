package journal

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// keptPath says where a collected file lies. Its own path is hashed: paths come out of sandboxes, may be longer than a name can
// be, and what was a file in one attempt may be a directory in the next.
func keptPath(id string, step uint32, name string) (string, error) {
	if !filepath.IsLocal(name) {
		return "", fmt.Errorf("cannot keep a file of the path %q: it is not local", name)
	}
	sum := sha256.Sum256([]byte(path.Clean(name)))
	return path.Join(filesDir, id, strconv.FormatUint(uint64(step), 10)+"-"+hex.EncodeToString(sum[:])), nil
}

// KeepFile is part of Store.
func (j *Journal) KeepFile(ctx context.Context, id string, step uint32, name string, mode fs.FileMode, content io.Reader) (*clockworkv1.OutputFile, error) {
	log, err := j.log(ctx, id)
	if err != nil {
		return nil, err
	}
	final, err := keptPath(id, step, name)
	if err != nil {
		return nil, err
	}
	if err := j.reserve.check(); err != nil {
		return nil, fmt.Errorf("cannot keep the file %q of execution %s: %w", name, id, err)
	}
	temp := path.Join(tempDir, rand.Text())
	hash := sha256.New()
	size, err := j.writeFile(temp, io.TeeReader(&contextReader{ctx: ctx, source: content}, hash))
	if err == nil {
		err = j.place(ctx, log, temp, final)
	}
	if err != nil {
		_ = j.root.Remove(temp) // else Open does
		if j.isClosing() {
			return nil, ErrClosed
		}
		return nil, fmt.Errorf("cannot keep the file %q of execution %s: %w", name, id, wrapFull(j.dir, err))
	}
	return &clockworkv1.OutputFile{
		Path:   path.Clean(name),
		Mode:   uint32(mode.Perm()),
		Size:   uint64(size),
		Digest: "sha256:" + hex.EncodeToString(hash.Sum(nil)),
	}, nil
}

// writeFile writes a new file and brings it to the disk. Close does not wait for it: content may come slowly.
func (j *Journal) writeFile(name string, content io.Reader) (size int64, err error) {
	if err := makeDir(j.root, path.Dir(name)); err != nil {
		return 0, err
	}
	file, err := j.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if size, err = io.Copy(file, content); err != nil {
		return 0, err
	}
	return size, file.Sync()
}

// place gives a file its name, in its execution's turn: it is counted and removed with it.
func (j *Journal) place(ctx context.Context, log *eventLog, temp, final string) error {
	leave, err := j.enter()
	if err != nil {
		return err
	}
	defer leave()
	select {
	case log.turn <- struct{}{}:
		defer func() { <-log.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	if log.ended {
		return errHasEnded
	}
	if err := makeDir(j.root, path.Dir(final)); err != nil {
		return err
	}
	if err := j.root.Rename(temp, final); err != nil {
		return err
	}
	return syncDir(j.root, path.Dir(final))
}

// OpenFile is part of Store.
func (j *Journal) OpenFile(ctx context.Context, id string, step uint32, name string) (io.ReadCloser, error) {
	if _, err := j.log(ctx, id); err != nil {
		return nil, err
	}
	kept, err := keptPath(id, step, name)
	if err != nil {
		return nil, err
	}
	file, err := j.root.Open(kept)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w with a kept file %q of step %d: %q", ErrNotFound, name, step, id)
	}
	if err != nil {
		return nil, j.readError(id, err)
	}
	return file, nil
}

// contextReader ends when its context does.
type contextReader struct {
	ctx    context.Context //nolint:containedctx // io.Reader has no place for one
	source io.Reader
}

func (r *contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.source.Read(p)
}
