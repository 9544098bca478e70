package journal

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"sync"
	"time"

	"google.golang.org/protobuf/types/known/timestamppb"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// An output file is a row of frames, one per output event. All integers are little-endian:
//
//	 0  uint32  length of the rest, from the sequence on
//	 4  uint32  CRC-32C of the rest
//	 8  uint64  sequence
//	16  int64   time, nanoseconds since 1970
//	24  uint64  offset in the stream
//	32  uint32  step
//	36  uint32  attempt
//	40  uint8   stream
//	41  uint16  length of the step's name
//	43          the step's name, then the data
const (
	framePrefix = 8
	frameHeader = 43
	// maxOutputData is the most that an output event carries.
	maxOutputData = 256 << 10
	maxFrame      = frameHeader + math.MaxUint16 + maxOutputData
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// errTorn says that the bytes at some place of an output file are not a whole frame.
var errTorn = errors.New("no whole record")

// encodeFrame returns an output event as it is written. The event must be one of output; its data may have maxOutputData bytes.
func encodeFrame(event *clockworkv1.Event) ([]byte, error) {
	output := event.GetOutput()
	name, data := output.GetName(), output.GetData()
	if len(name) > math.MaxUint16 {
		return nil, fmt.Errorf("cannot record output of a step whose name has %d bytes", len(name))
	}
	frame := make([]byte, frameHeader, frameHeader+len(name)+len(data))
	binary.LittleEndian.PutUint32(frame, uint32(cap(frame)-framePrefix))
	binary.LittleEndian.PutUint64(frame[8:], event.GetSequence())
	binary.LittleEndian.PutUint64(frame[16:], uint64(event.GetTime().AsTime().UnixNano()))
	binary.LittleEndian.PutUint64(frame[24:], output.GetOffset())
	binary.LittleEndian.PutUint32(frame[32:], output.GetStepIndex())
	binary.LittleEndian.PutUint32(frame[36:], output.GetAttempt())
	frame[40] = byte(output.GetStream())
	binary.LittleEndian.PutUint16(frame[41:], uint16(len(name)))
	frame = append(append(frame, name...), data...)
	binary.LittleEndian.PutUint32(frame[4:], crc32.Checksum(frame[framePrefix:], castagnoli))
	return frame, nil
}

// decodeFrame returns the event in a whole frame. It keeps the frame: the data of the event lies in it.
func decodeFrame(id string, frame []byte) (*clockworkv1.Event, error) {
	nameEnd := frameHeader + int(binary.LittleEndian.Uint16(frame[41:]))
	if crc32.Checksum(frame[framePrefix:], castagnoli) != binary.LittleEndian.Uint32(frame[4:]) || nameEnd > len(frame) {
		return nil, errTorn
	}
	return &clockworkv1.Event{
		Sequence:    binary.LittleEndian.Uint64(frame[8:]),
		Time:        timestamppb.New(time.Unix(0, int64(binary.LittleEndian.Uint64(frame[16:])))),
		ExecutionId: id,
		Kind: &clockworkv1.Event_Output{Output: &clockworkv1.Output{
			StepIndex: binary.LittleEndian.Uint32(frame[32:]),
			Name:      string(frame[frameHeader:nameEnd]),
			Attempt:   binary.LittleEndian.Uint32(frame[36:]),
			Stream:    clockworkv1.Stream(frame[40]),
			Offset:    binary.LittleEndian.Uint64(frame[24:]),
			Data:      frame[nameEnd:],
		}},
	}, nil
}

// frameBuffers recycles the buffers of readers. They take many small frames at once; what is larger is read past them.
var frameBuffers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 16<<10) }}

// frameReader reads frames one after the other.
type frameReader struct {
	buffer *bufio.Reader
	// offset is where the next frame begins.
	offset int64
}

func newFrameReader(r io.Reader, offset int64) *frameReader {
	buffer := frameBuffers.Get().(*bufio.Reader) //nolint:errcheck // nothing else is in there
	buffer.Reset(r)
	return &frameReader{buffer: buffer, offset: offset}
}

// release gives the buffer back. Nothing can be read after it.
func (r *frameReader) release() {
	r.buffer.Reset(nil)
	frameBuffers.Put(r.buffer)
	r.buffer = nil
}

// peek returns sequence and size of the next frame. It is io.EOF where the file ends, errTorn where no frame begins.
func (r *frameReader) peek() (sequence uint64, size int, err error) {
	header, err := r.buffer.Peek(frameHeader)
	switch {
	case len(header) == 0 && errors.Is(err, io.EOF):
		return 0, 0, io.EOF
	case errors.Is(err, io.EOF):
		return 0, 0, errTorn
	case err != nil:
		return 0, 0, err
	}
	length := binary.LittleEndian.Uint32(header)
	if length < frameHeader-framePrefix || length > maxFrame-framePrefix {
		return 0, 0, errTorn
	}
	return binary.LittleEndian.Uint64(header[8:]), framePrefix + int(length), nil
}

// skip passes over a frame of this size.
func (r *frameReader) skip(size int) error {
	n, err := r.buffer.Discard(size)
	r.offset += int64(n)
	return torn(err)
}

// read returns the frame of this size, decoded.
func (r *frameReader) read(id string, size int) (*clockworkv1.Event, error) {
	frame := make([]byte, size)
	if _, err := io.ReadFull(r.buffer, frame); err != nil {
		return nil, torn(err)
	}
	event, err := decodeFrame(id, frame)
	if err != nil {
		return nil, err
	}
	r.offset += int64(size)
	return event, nil
}

// torn says what the end of the file means within a frame.
func torn(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errTorn
	}
	return err
}
