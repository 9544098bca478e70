package render

import (
	"io"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Renderer writes what a command has to say. It belongs to one goroutine. Its errors are those of the writer.
type Renderer interface {
	// Event takes the next event of the execution that is followed.
	Event(event *clockworkv1.Event) error
	// Ended says that no further event comes. It is called once after events, also if the last one was not among them.
	Ended() error
	// Show writes anything else.
	Show(view View) error
	// Fail writes, for a program, why the command failed. For a person the caller writes it to standard error.
	Fail(failure Failure) error
}

// View is one thing to show, in every format.
type View struct {
	// Document is what json prints.
	Document any
	// Lines are the documents that jsonl prints, one a line. Nil: Document is the only one.
	Lines []any
	// Text writes it for a person.
	Text func(page *Page)
}

// New returns the renderer of a format that writes to out.
func New(format Format, out io.Writer, screen Screen) Renderer {
	switch format {
	case JSON:
		return &jsonRenderer{out: out}
	case JSONL:
		return &jsonlRenderer{out: out}
	default:
		text := newTextRenderer(out, format, screen)
		if format == TTY && screen.Device != nil {
			return newLive(text, screen)
		}
		return text
	}
}
