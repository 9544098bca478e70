package render

import (
	"bufio"
	"io"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// NewLog returns a renderer that shows nothing of an execution but its output: as lines with their step's name, or as the
// documents of the events.
func NewLog(format Format, out io.Writer, screen Screen) Renderer {
	inner := New(format, out, screen)
	switch format {
	case JSON:
		return &logDocument{Renderer: inner, document: logsDocument{Output: []any{}}}
	case JSONL:
		return &logEvents{Renderer: inner}
	default:
		lines := newLines(out, format, screen)
		return &logLines{Renderer: inner, out: lines.out, lines: lines}
	}
}

// isOutput tells whether an event is about output.
func isOutput(event *clockworkv1.Event) bool {
	return event.GetOutput() != nil || event.GetOutputDropped() != nil
}

// logEvents lets only events about output through.
type logEvents struct {
	Renderer
}

func (r *logEvents) Event(event *clockworkv1.Event) error {
	if !isOutput(event) {
		return nil
	}
	return r.Renderer.Event(event)
}

type logsDocument struct {
	ExecutionID string `json:"execution_id"`
	Output      []any  `json:"output"`
}

// logDocument collects the events about output into one document.
type logDocument struct {
	Renderer

	document logsDocument
}

func (r *logDocument) Event(event *clockworkv1.Event) error {
	r.document.ExecutionID = event.GetExecutionId()
	if isOutput(event) {
		r.document.Output = append(r.document.Output, eventDocument(event))
	}
	return nil
}

func (r *logDocument) Ended() error {
	return r.Show(View{Document: r.document})
}

// logLines writes output as lines.
type logLines struct {
	Renderer

	out   *bufio.Writer
	lines *lines
}

func (r *logLines) Event(event *clockworkv1.Event) error {
	switch kind := event.GetKind().(type) {
	case *clockworkv1.Event_Output:
		r.lines.write(kind.Output)
	case *clockworkv1.Event_Retrying:
		r.lines.flush(kind.Retrying.GetStepIndex())
	case *clockworkv1.Event_StepFinished:
		r.lines.flush(kind.StepFinished.GetResult().GetStepIndex())
	default:
		return nil
	}
	if r.out.Buffered() < r.out.Size()/2 {
		return nil
	}
	return r.Flush()
}

// Flush writes what is buffered, for who follows.
func (r *logLines) Flush() error {
	return r.out.Flush()
}

func (r *logLines) Ended() error {
	r.lines.flushAll()
	return r.out.Flush()
}
