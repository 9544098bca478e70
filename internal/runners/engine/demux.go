package engine

import (
	"encoding/binary"
	"fmt"
	"io"
	"strings"
)

// Without a terminal an engine sends both output streams of a process in frames: a header of eight bytes, whose first one is the
// stream and whose last four are the length, big endian; then the data (Engine API, ContainerAttach, "Stream format").
const (
	frameHeader  = 8
	streamStderr = 2
	maxComplaint = 4 << 10
)

// demux reads the standard output out of such frames. The end of the standard error is kept, and is part of the error at the end.
type demux struct {
	in        io.Reader
	left      int // bytes of standard output that are still to come in this frame
	complaint []byte
}

// Read returns what was printed to standard output. At the end of the stream the error is io.EOF, or what standard error said.
func (d *demux) Read(p []byte) (int, error) {
	for d.left == 0 {
		if err := d.next(); err != nil {
			return 0, err
		}
	}
	n, err := d.in.Read(p[:min(len(p), d.left)])
	d.left -= n
	return n, err
}

// next reads the header of a frame; one of standard error it reads as a whole.
func (d *demux) next() error {
	var header [frameHeader]byte
	if _, err := io.ReadFull(d.in, header[:]); err != nil {
		return d.explain(err)
	}
	size := binary.BigEndian.Uint32(header[4:])
	if header[0] != streamStderr {
		d.left = int(size)
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(d.in, int64(size)))
	d.complaint = append(d.complaint, text...)
	d.complaint = d.complaint[max(0, len(d.complaint)-maxComplaint):]
	return err
}

// explain adds what the process complained about.
func (d *demux) explain(err error) error {
	if said := d.said(); said != "" {
		return fmt.Errorf("%w; it says: %s", err, said)
	}
	return err
}

// said returns the end of what was printed to standard error.
func (d *demux) said() string {
	return strings.ToValidUTF8(strings.TrimSpace(string(d.complaint)), "?")
}
