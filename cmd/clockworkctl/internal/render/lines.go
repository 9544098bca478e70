package render

import (
	"bufio"
	"bytes"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// maxLine bounds what is kept back of a line whose end has not come, in bytes. A longer one is broken there.
const maxLine = 64 << 10

// lineKey names one output of a step.
type lineKey struct {
	step   uint32
	stream clockworkv1.Stream
}

// lines turns output into whole lines with a prefix. A line is written when its end has come, so lines stand in the order
// in which they ended, and those of one output in the order in which they were printed.
type lines struct {
	out     *bufio.Writer
	palette palette
	partial map[lineKey][]byte
}

// write takes the next bytes of an output.
func (l *lines) write(output *clockworkv1.Output) {
	key := lineKey{output.GetStepIndex(), output.GetStream()}
	data := output.GetData()
	for {
		end := bytes.IndexByte(data, '\n')
		if end < 0 {
			break
		}
		l.line(output.GetName(), key, data[:end])
		data = data[end+1:]
	}
	for len(l.partial[key])+len(data) > maxLine {
		rest := maxLine - len(l.partial[key])
		l.line(output.GetName(), key, data[:rest])
		data = data[rest:]
	}
	if len(data) > 0 {
		l.partial[key] = append(l.partial[key], data...)
	}
}

// flush writes what a step left without the end of a line.
func (l *lines) flush(step uint32, name string) {
	for _, stream := range []clockworkv1.Stream{clockworkv1.Stream_STREAM_STDOUT, clockworkv1.Stream_STREAM_STDERR} {
		if key := (lineKey{step, stream}); len(l.partial[key]) > 0 {
			l.line(name, key, nil)
		}
	}
}

// line writes what is kept back of a line and its last bytes. Errors show when the writer is flushed.
func (l *lines) line(name string, key lineKey, last []byte) {
	_, _ = l.out.WriteString(l.palette.paint(streamColours[key.stream], "["+name+"]"))
	if key.stream == clockworkv1.Stream_STREAM_STDERR {
		_, _ = l.out.WriteString(" stderr:")
	}
	_ = l.out.WriteByte(' ')
	_, _ = l.out.Write(l.partial[key])
	_, _ = l.out.Write(last)
	_ = l.out.WriteByte('\n')
	delete(l.partial, key)
}
