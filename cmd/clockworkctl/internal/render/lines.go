package render

import (
	"bufio"
	"bytes"
	"cmp"
	"maps"
	"slices"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// maxLine bounds what is kept back of a line whose end has not come, in bytes. A longer one is broken there.
const maxLine = 64 << 10

// lineKey names one output of a step.
type lineKey struct {
	step   uint32
	stream clockworkv1.Stream
}

// unfinished is the begin of a line whose end has not come.
type unfinished struct {
	name string
	data []byte
}

// lines turns output into whole lines with a prefix. A line is written when its end has come, so lines stand in the order
// in which they ended, and those of one output in the order in which they were printed.
type lines struct {
	out     *bufio.Writer
	palette palette
	partial map[lineKey]*unfinished
}

func newLines(out *bufio.Writer, p palette) *lines {
	return &lines{out: out, palette: p, partial: map[lineKey]*unfinished{}}
}

// write takes the next bytes of an output.
func (l *lines) write(output *clockworkv1.Output) {
	key := lineKey{output.GetStepIndex(), output.GetStream()}
	line := l.partial[key]
	if line == nil {
		line = &unfinished{name: output.GetName()}
		l.partial[key] = line
	}
	data := output.GetData()
	for {
		end := bytes.IndexByte(data, '\n')
		if end < 0 {
			break
		}
		l.line(key, line, data[:end])
		data = data[end+1:]
	}
	for len(line.data)+len(data) > maxLine {
		rest := maxLine - len(line.data)
		l.line(key, line, data[:rest])
		data = data[rest:]
	}
	line.data = append(line.data, data...)
}

// flush writes what a step left without the end of a line, and forgets the step.
func (l *lines) flush(step uint32) {
	for _, stream := range []clockworkv1.Stream{clockworkv1.Stream_STREAM_STDOUT, clockworkv1.Stream_STREAM_STDERR} {
		key := lineKey{step, stream}
		if line := l.partial[key]; line != nil && len(line.data) > 0 {
			l.line(key, line, nil)
		}
		delete(l.partial, key)
	}
}

// flushAll flushes every step.
func (l *lines) flushAll() {
	keys := slices.SortedFunc(maps.Keys(l.partial), func(a, b lineKey) int { return cmp.Compare(a.step, b.step) })
	for _, key := range keys {
		l.flush(key.step)
	}
}

// line writes what is kept back of a line and its last bytes. Errors show when the writer is flushed.
func (l *lines) line(key lineKey, line *unfinished, last []byte) {
	_, _ = l.out.WriteString(l.palette.paint(streamColours[key.stream], "["+line.name+"]"))
	if key.stream == clockworkv1.Stream_STREAM_STDERR {
		_, _ = l.out.WriteString(" stderr:")
	}
	_ = l.out.WriteByte(' ')
	_, _ = l.out.Write(line.data)
	_, _ = l.out.Write(last)
	_ = l.out.WriteByte('\n')
	line.data = line.data[:0]
}
