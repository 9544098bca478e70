package workspace

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
	"unicode/utf8"
)

// Limit bounds what is collected.
type Limit struct {
	Bytes uint64
	Files uint64
}

// Piece is a part of a file. The parts of one follow each other.
type Piece struct {
	Path string
	Mode fs.FileMode
	// Data is valid until the function it is passed to returns.
	Data []byte
	// More says that more of this file follows.
	More bool
}

// maxDepth bounds the nesting of directories. A step can make them deeper than any path can name.
const maxDepth = 1000

// collector is one collection.
type collector struct {
	root     *os.Root
	patterns []pattern
	limit    Limit // in all
	left     Limit // of that
	buffer   []byte
	send     func(Piece) error
	// unnamed is the first matching file whose name cannot be told to the daemon.
	unnamed error
}

// Collect sends the regular files that match a pattern, in the order of their paths, compared element by element. Links are neither followed
// nor sent. A file that vanishes meanwhile is left out; one that grows is sent as far as it goes. A name that is not valid UTF-8 is an error,
// after everything else has been sent.
func (w *Workspace) Collect(patterns []string, limit Limit, pieceSize int, send func(Piece) error) error {
	c := &collector{root: w.root, limit: limit, left: limit, buffer: make([]byte, pieceSize), send: send}
	for _, text := range patterns {
		parsed, err := parsePattern(text)
		if err != nil {
			return err
		}
		c.patterns = append(c.patterns, parsed)
	}
	if err := c.walk(nil); err != nil {
		return err
	}
	return c.unnamed
}

// walk goes through the directory at these elements.
func (c *collector) walk(dir []string) error {
	if !slices.ContainsFunc(c.patterns, func(p pattern) bool { return p.leadsInto(dir) }) {
		return nil
	}
	entries, err := c.list(path.Join(".", strings.Join(dir, "/")))
	if err != nil {
		return err
	}
	for _, entry := range entries {
		elements := append(slices.Clip(dir), entry.Name())
		switch {
		case len(elements) > maxDepth:
			return fmt.Errorf("cannot collect from %s: %w: directories are nested more than %d deep", abbreviated(path.Join(dir...)), ErrLimit, maxDepth)
		case entry.IsDir():
			err = c.walk(elements)
		case entry.Type().IsRegular() && slices.ContainsFunc(c.patterns, func(p pattern) bool { return p.matches(elements) }):
			err = c.file(strings.Join(elements, "/"))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// list returns a directory's entries by name.
func (c *collector) list(name string) ([]fs.DirEntry, error) {
	dir, err := c.root.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_DIRECTORY, 0)
	if vanished(err) {
		return nil, nil
	}
	if err != nil {
		return nil, explain("collect from", name, err)
	}
	defer dir.Close()
	entries, err := dir.ReadDir(-1)
	if err != nil {
		return nil, explain("collect from", name, err)
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// file sends a file. It is opened without waiting, in case somebody puts a pipe in its place.
func (c *collector) file(name string) error {
	file, err := c.root.OpenFile(name, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	if vanished(err) {
		return nil
	}
	if err != nil {
		return explain("collect", name, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return explain("collect", name, err)
	}
	switch {
	case !info.Mode().IsRegular():
		return nil
	case !utf8.ValidString(name):
		if c.unnamed == nil {
			c.unnamed = fmt.Errorf("cannot collect %q: %w: its name is not valid UTF-8; rename it, or leave it out", abbreviated(name), ErrPath)
		}
		return nil
	case c.left.Files == 0:
		return fmt.Errorf("cannot collect %s: %w: more than %d files match", abbreviated(name), ErrLimit, c.limit.Files)
	}
	c.left.Files--
	return c.pieces(file, Piece{Path: name, Mode: info.Mode().Perm(), More: true})
}

// pieces sends a file's content, and an empty piece at its end.
func (c *collector) pieces(file io.Reader, piece Piece) error {
	for piece.More {
		n, err := io.ReadFull(file, c.buffer)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			piece.More = false
		case err != nil:
			return explain("collect", piece.Path, err)
		}
		if uint64(n) > c.left.Bytes {
			return fmt.Errorf("cannot collect %s: %w: the files have more than %d bytes in all", abbreviated(piece.Path), ErrLimit, c.limit.Bytes)
		}
		c.left.Bytes -= uint64(n)
		piece.Data = c.buffer[:n]
		if err := c.send(piece); err != nil {
			return err
		}
	}
	return nil
}

// abbreviated keeps a path readable in a message: a step can make them thousands of bytes long.
func abbreviated(name string) string {
	const most = 200
	if len(name) <= most {
		return name
	}
	return name[:most/2] + "…" + name[len(name)-most/2:]
}

// vanished tells whether a file went away after it was seen, or a link took its place.
func vanished(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ELOOP) || errors.Is(err, syscall.ENOTDIR)
}
