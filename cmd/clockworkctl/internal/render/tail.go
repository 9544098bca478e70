package render

import (
	"bytes"
	"slices"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

const (
	// maxTail is how many lines are kept of a step that runs.
	maxTail = 10
	// maxTailLine is how much is kept of one of them, in bytes: more than the widest terminal shows.
	maxTailLine = 4 << 10
)

// tail is the end of what an attempt has printed, of both streams, each line where it ended. It looks at output from its
// end, so that it costs next to nothing however much comes.
type tail struct {
	lines   [][]byte
	partial map[clockworkv1.Stream][]byte
}

// write takes the next bytes of a stream.
func (t *tail) write(stream clockworkv1.Stream, data []byte) {
	if t.partial == nil {
		t.partial = map[clockworkv1.Stream][]byte{}
	}
	end := bytes.LastIndexByte(data, '\n')
	if end >= 0 {
		t.whole(t.partial[stream], data[:end])
		t.partial[stream] = t.partial[stream][:0]
	}
	rest := lastState(append(t.partial[stream], data[end+1:]...))
	t.partial[stream] = rest[:min(len(rest), maxTailLine)]
}

// whole takes lines that have ended; begun is the begin of the first one.
func (t *tail) whole(begun, data []byte) {
	var newest [][]byte
	for len(newest) < maxTail {
		begin := bytes.LastIndexByte(data, '\n')
		line := data[begin+1:]
		if begin < 0 {
			line = append(bytes.Clone(begun), line...)
		}
		line = lastState(line)
		newest = append(newest, bytes.Clone(line[:min(len(line), maxTailLine)]))
		if begin < 0 {
			break
		}
		data = data[:begin]
	}
	for _, line := range slices.Backward(newest) {
		t.lines = append(t.lines, line)
	}
	if extra := len(t.lines) - maxTail; extra > 0 {
		t.lines = append(t.lines[:0], t.lines[extra:]...)
	}
}

// last is the newest line that says something, also if its end has not come.
func (t *tail) last() []byte {
	for _, stream := range bothStreams {
		if begun := bytes.TrimSpace(t.partial[stream]); len(begun) > 0 {
			return begun
		}
	}
	for _, line := range slices.Backward(t.lines) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			return line
		}
	}
	return nil
}

// all are the lines that are kept, unfinished ones last.
func (t *tail) all() [][]byte {
	lines := t.lines
	for _, stream := range bothStreams {
		if begun := t.partial[stream]; len(begun) > 0 {
			lines = append(slices.Clip(lines), begun)
		}
	}
	return lines[max(0, len(lines)-maxTail):]
}

// tailOf is the end of the output that a result carries: of standard error, else of standard output.
func tailOf(result *clockworkv1.ExecutionResult) *tail {
	t := &tail{}
	if len(bytes.TrimSpace(result.GetStderr())) > 0 {
		t.write(clockworkv1.Stream_STREAM_STDERR, result.GetStderr())
	} else {
		t.write(clockworkv1.Stream_STREAM_STDOUT, result.GetStdout())
	}
	return t
}
