package journal

import (
	"io"
	"os"
)

// outputSection is the part of an output file that one batch is read from. It is opened when it is needed.
type outputSection struct {
	j  *Journal
	id string
	// offset is where it begins, size how much of the file counts: what lies behind may be half-written.
	offset, size int64
	file         *os.File
	frames       *frameReader
}

// open returns what reads the frames; nil where the execution has no output.
func (o *outputSection) open() (*frameReader, error) {
	if o.frames != nil {
		return o.frames, nil
	}
	file, err := o.j.openOutput(o.id)
	if file == nil {
		return nil, err
	}
	o.file = file
	o.frames = newFrameReader(io.NewSectionReader(file, o.offset, o.size-o.offset), o.offset)
	return o.frames, nil
}

// close returns where the next batch begins.
func (o *outputSection) close() int64 {
	if o.frames == nil {
		return o.offset
	}
	o.frames.release()
	_ = o.file.Close() // it was only read
	return o.frames.offset
}
