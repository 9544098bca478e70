package render

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// However output is cut into events, each stream's lines come out whole and in their order.
func TestLinesKeepEachStreamsText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(r *rapid.T) {
		streams := []clockworkv1.Stream{clockworkv1.Stream_STREAM_STDOUT, clockworkv1.Stream_STREAM_STDERR}
		var out bytes.Buffer
		buffered := bufio.NewWriter(&out)
		l := newLines(buffered, palette{})
		printed := map[clockworkv1.Stream]string{}
		for range rapid.IntRange(0, 20).Draw(r, "events") {
			stream := rapid.SampledFrom(streams).Draw(r, "stream")
			data := rapid.StringMatching(`[ab\n]{0,8}`).Draw(r, "data")
			printed[stream] += data
			l.write(&clockworkv1.Output{Name: "s", Stream: stream, Data: []byte(data)})
		}
		l.flushAll()
		if err := buffered.Flush(); err != nil {
			r.Fatal(err)
		}
		got := map[clockworkv1.Stream]string{}
		for line := range strings.Lines(out.String()) {
			if text, ok := strings.CutPrefix(line, "[s] stderr: "); ok {
				got[clockworkv1.Stream_STREAM_STDERR] += text
			} else {
				got[clockworkv1.Stream_STREAM_STDOUT] += strings.TrimPrefix(line, "[s] ")
			}
		}
		for _, stream := range streams {
			want := printed[stream]
			if want != "" && !strings.HasSuffix(want, "\n") {
				want += "\n"
			}
			if got[stream] != want {
				r.Fatalf("%s became %q, want %q", stream, got[stream], want)
			}
		}
	})
}

func TestLinesAreBounded(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	buffered := bufio.NewWriter(&out)
	l := newLines(buffered, palette{})
	for range 100 {
		l.write(&clockworkv1.Output{Name: "s", Stream: clockworkv1.Stream_STREAM_STDOUT, Data: bytes.Repeat([]byte("x"), 10_000)})
		for _, line := range l.partial {
			if len(line.data) > maxLine {
				t.Fatalf("%d bytes are kept back", len(line.data))
			}
		}
	}
	l.flush(0)
	if err := buffered.Flush(); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "x"); n != 1_000_000 {
		t.Errorf("%d bytes came out, want 1,000,000", n)
	}
}

func TestCommandLine(t *testing.T) {
	t.Parallel()
	for want, command := range map[string][]string{
		"bash scripts/a.sh":            {"bash", "scripts/a.sh"},
		`sh -c "echo a\nb" ""`:         {"sh", "-c", "echo a\nb", ""},
		`echo "\x1b[2J"`:               {"echo", "\x1b[2J"},
		strings.Repeat("é", 80) + " …": {strings.Repeat("é", 300)},
	} {
		if got := commandLine(command); got != want {
			t.Errorf("commandLine(%q) = %q, want %q", command, got, want)
		}
	}
}
