package render

import (
	"bufio"
	"bytes"
	"cmp"
	"io"
	"maps"
	"slices"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// maxLine bounds what is kept back of a line whose end has not come, in bytes. A longer one is broken there.
const maxLine = 64 << 10

var bothStreams = []clockworkv1.Stream{clockworkv1.Stream_STREAM_STDOUT, clockworkv1.Stream_STREAM_STDERR}

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
//
// On a terminal they only print: of a line that a step has overwritten by carriage returns, as progress bars are, the last state is left.
type lines struct {
	out     *bufio.Writer
	palette palette
	guarded bool
	partial map[lineKey]*unfinished
}

func newLines(out io.Writer, format Format, screen Screen) *lines {
	l := &lines{
		palette: palette{enabled: screen.Colours && format == TTY},
		guarded: screen.guarded(format),
		partial: map[lineKey]*unfinished{},
	}
	if l.guarded {
		out = Guard(out)
	}
	l.out = bufio.NewWriterSize(out, 64<<10)
	return l
}

// write takes the next bytes of an output.
func (l *lines) write(output *clockworkv1.Output) {
	key := lineKey{output.GetStepIndex(), output.GetStream()}
	line := l.partial[key]
	if line == nil {
		line = &unfinished{name: oneLine(output.GetName())}
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
	if l.guarded {
		line.data = lastState(line.data)
	}
}

// lastState is what is left of a line after its last carriage return, apart from those at its end: one may belong to a "\r\n".
func lastState(line []byte) []byte {
	return line[bytes.LastIndexByte(bytes.TrimRight(line, "\r"), '\r')+1:]
}

// flush writes what a step left without the end of a line, and forgets the step.
func (l *lines) flush(step uint32) {
	for _, stream := range bothStreams {
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
	if l.guarded {
		l.onTerminal(append(line.data, last...))
	} else {
		_, _ = l.out.Write(line.data)
		_, _ = l.out.Write(last)
	}
	_ = l.out.WriteByte('\n')
	line.data = line.data[:0]
}

// onTerminal writes a line's text. Colours that it sets end with it.
func (l *lines) onTerminal(text []byte) {
	_, _ = l.out.Write(bytes.TrimRight(lastState(text), "\r"))
	if bytes.IndexByte(text, 0x1b) >= 0 {
		_, _ = l.out.WriteString(resetColours)
	}
}
