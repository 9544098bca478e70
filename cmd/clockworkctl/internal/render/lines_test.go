package render

import (
	"bytes"
	"io"
	"slices"
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
		l := newLines(&out, Plain, Screen{})
		printed := map[clockworkv1.Stream]string{}
		for range rapid.IntRange(0, 20).Draw(r, "events") {
			stream := rapid.SampledFrom(streams).Draw(r, "stream")
			data := rapid.StringMatching(`[ab\n]{0,8}`).Draw(r, "data")
			printed[stream] += data
			l.write(&clockworkv1.Output{Name: "s", Stream: stream, Data: []byte(data)})
		}
		l.flushAll()
		if err := l.out.Flush(); err != nil {
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
	l := newLines(&out, Plain, Screen{})
	for range 100 {
		l.write(&clockworkv1.Output{Name: "s", Stream: clockworkv1.Stream_STREAM_STDOUT, Data: bytes.Repeat([]byte("x"), 10_000)})
		for _, line := range l.partial {
			if len(line.data) > maxLine {
				t.Fatalf("%d bytes are kept back", len(line.data))
			}
		}
	}
	l.flush(0)
	if err := l.out.Flush(); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "x"); n != 1_000_000 {
		t.Errorf("%d bytes came out, want 1,000,000", n)
	}
}

// Of a line that was overwritten the last state is left, however the bytes come; text that colours loses them at its end.
func TestLinesOnATerminal(t *testing.T) {
	t.Parallel()
	const printed = "progress 1\rprogress 2\r\nplain\r\n\x1b[31mred\nb\x1b]52;c;ZXZpbA==\x07ell\x07\n\rlast"
	const want = "[s] progress 2\n[s] plain\n[s] \x1b[31mred\x1b[0m\n[s] bell\x1b[0m\n[s] last\n"
	for size := 1; size <= len(printed); size++ {
		for format, screen := range map[Format]Screen{Plain: {Terminal: true}, TTY: {}} {
			var out bytes.Buffer
			l := newLines(&out, format, screen)
			for piece := range slices.Chunk([]byte(printed), size) {
				l.write(&clockworkv1.Output{Name: "s", Stream: clockworkv1.Stream_STREAM_STDOUT, Data: piece})
			}
			l.flushAll()
			if err := l.out.Flush(); err != nil {
				t.Fatal(err)
			}
			if out.String() != want {
				t.Fatalf("%s, %d bytes at once: %q, want %q", format, size, out.String(), want)
			}
		}
	}
}

// A progress bar that never ends its line is not kept.
func TestOverwrittenTextIsNotKept(t *testing.T) {
	t.Parallel()
	l := newLines(io.Discard, TTY, Screen{})
	for range 1000 {
		l.write(&clockworkv1.Output{Name: "s", Stream: clockworkv1.Stream_STREAM_STDOUT, Data: []byte("\r50 %")})
	}
	for _, line := range l.partial {
		if len(line.data) > 10 {
			t.Errorf("%d bytes are kept back", len(line.data))
		}
	}
}

// Names and messages are the bundle's: they must not pass for lines of the log.
func TestNamesStayOnTheirLine(t *testing.T) {
	t.Parallel()
	const name = "x\n==> verify: success \x1b[31m"
	var out bytes.Buffer
	renderer := New(Plain, &out, Screen{})
	for _, event := range []*clockworkv1.Event{
		{Kind: &clockworkv1.Event_StepStarted{StepStarted: &clockworkv1.StepStarted{Name: name, Attempt: 1, Command: []string{"true"}}}},
		output(0, name, clockworkv1.Stream_STREAM_STDOUT, 0, "text\n"),
		{Kind: &clockworkv1.Event_Notice{Notice: &clockworkv1.Notice{Message: name}}},
		{Kind: &clockworkv1.Event_StepFinished{StepFinished: &clockworkv1.StepFinished{Result: &clockworkv1.ExecutionResult{Name: name, ErrorMessage: name}}}},
		{Kind: &clockworkv1.Event_ExecutionFinished{ExecutionFinished: &clockworkv1.ExecutionFinished{ErrorMessage: name}}},
	} {
		if err := renderer.Event(event); err != nil {
			t.Fatal(err)
		}
	}
	if err := renderer.Ended(); err != nil {
		t.Fatal(err)
	}
	if text := out.String(); strings.Contains(text, "\n==> verify") || strings.Contains(text, "\x1b") || strings.Count(text, `\n==> verify: success \x1b[31m`) != 7 {
		t.Errorf("the log is:\n%s", text)
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
