package engine

import (
	"archive/tar"
	"bytes"
	"io"
	"os"

	"github.com/clockworkd/clockwork/internal/agent/binaries"
)

// archive is a tar archive that is read from a file as it is sent.
type archive struct {
	io.Reader
	file *os.File
}

// Close closes the file.
func (a archive) Close() error { return a.file.Close() }

// tarBlock is what everything in a tar archive is padded to.
const tarBlock = 512

// programArchive holds the agent, and after it the mark that it is complete.
func programArchive(program binaries.Binary) (archive, error) {
	var before, after bytes.Buffer
	name := programPath[len(programDir)+1:]
	if err := tar.NewWriter(&before).WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: program.Size}); err != nil {
		return archive{}, err
	}
	after.Write(make([]byte, (tarBlock-program.Size%tarBlock)%tarBlock))
	rest := tar.NewWriter(&after)
	if err := rest.WriteHeader(&tar.Header{Name: markName, Mode: 0o444}); err != nil {
		return archive{}, err
	}
	if err := rest.Close(); err != nil {
		return archive{}, err
	}
	file, err := os.Open(program.Path)
	if err != nil {
		return archive{}, err
	}
	return archive{Reader: io.MultiReader(&before, io.LimitReader(file, program.Size), &after), file: file}, nil
}

// openDirectory holds a directory that everybody may write in: the agent, whoever it runs as, makes its own ones there. The
// directory that an archive is unpacked in keeps its mode.
func openDirectory() (io.Reader, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := w.WriteHeader(&tar.Header{Name: boxName + "/", Typeflag: tar.TypeDir, Mode: 0o1777}); err != nil {
		return nil, err
	}
	return &b, w.Close()
}
