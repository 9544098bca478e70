package render

import (
	"bufio"
	"fmt"
	"io"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// textRenderer writes for a person, line by line and never going back: "[step] …" is output, "==> …" is what happened.
type textRenderer struct {
	out     *bufio.Writer
	palette palette
	page    *Page
	lines   *lines
	record  record
	names   map[uint32]string
}

func newTextRenderer(out io.Writer, format Format, screen Screen) *textRenderer {
	lines := newLines(out, format, screen)
	page := newPage(lines.out, lines.palette, screen)
	return &textRenderer{out: lines.out, palette: lines.palette, page: page, lines: lines, names: map[uint32]string{}}
}

func (r *textRenderer) Event(event *clockworkv1.Event) error {
	r.record.take(event)
	switch kind := event.GetKind().(type) {
	case *clockworkv1.Event_Accepted:
		r.accepted(event.GetExecutionId(), kind.Accepted)
	case *clockworkv1.Event_StepStarted:
		r.stepStarted(kind.StepStarted)
	case *clockworkv1.Event_Output:
		r.lines.write(kind.Output)
	case *clockworkv1.Event_OutputDropped:
		e := kind.OutputDropped
		r.happened(e.GetName(), "%d bytes of %s from offset %d on were dropped: %s", e.GetBytes(), streamName(e.GetStream()), e.GetOffset(), e.GetReason())
	case *clockworkv1.Event_Retrying:
		e := kind.Retrying
		r.lines.flush(e.GetStepIndex())
		r.happened(e.GetName(), "%s: attempt %d in %s", orDash(oneLine(e.GetReason())), e.GetAttempt(), span(e.GetDelay().AsDuration()))
	case *clockworkv1.Event_Notice:
		r.notice(kind.Notice)
	case *clockworkv1.Event_StepFinished:
		r.stepFinished(kind.StepFinished.GetResult())
	}
	return r.out.Flush()
}

// Ended writes what is left of unfinished lines, and the summary if there is one.
func (r *textRenderer) Ended() error {
	r.lines.flushAll()
	if r.record.ended {
		summary(r.page, &r.record.execution)
	}
	return r.out.Flush()
}

func (r *textRenderer) Show(view View) error {
	view.Text(r.page)
	return r.out.Flush()
}

// Fail has nothing to add to what the person reads on standard error.
func (r *textRenderer) Fail(Failure) error {
	return nil
}

// happened writes a line about a step, or about a phase.
func (r *textRenderer) happened(subject, format string, args ...any) {
	fmt.Fprintf(r.out, "%s %s: %s\n", r.palette.paint(bold, "==>"), oneLine(subject), fmt.Sprintf(format, args...))
}

func (r *textRenderer) accepted(id string, e *clockworkv1.ExecutionAccepted) {
	r.happened("execution "+id, "%s on runner %s (%s)", plural(e.GetTotalSteps(), "step"), e.GetRunner(), e.GetRunnerReason())
	for _, warning := range e.GetWarnings() {
		r.happened("warning", "%s", oneLine(warning))
	}
}

func (r *textRenderer) stepStarted(e *clockworkv1.StepStarted) {
	r.names[e.GetStepIndex()] = e.GetName()
	if e.GetAttempt() > 1 {
		r.happened(e.GetName(), "attempt %d", e.GetAttempt())
		return
	}
	r.happened(e.GetName(), "%s", commandLine(e.GetCommand()))
}

func (r *textRenderer) notice(e *clockworkv1.Notice) {
	subject := phaseName(e.GetPhase())
	if e.StepIndex != nil && r.names[e.GetStepIndex()] != "" {
		subject = r.names[e.GetStepIndex()]
	}
	r.happened(orDash(subject), "%s", oneLine(e.GetMessage()))
}

func (r *textRenderer) stepFinished(result *clockworkv1.ExecutionResult) {
	r.lines.flush(result.GetStepIndex())
	status := stepStatus(result.GetStatus())
	line := r.palette.paint(statusColours[status], status)
	if result.GetStartTime() != nil {
		line += " in " + span(result.GetExecutionTime().AsDuration())
	}
	if why := ending(result); why != "" {
		line += ": " + oneLine(why)
	}
	r.happened(result.GetName(), "%s", line)
}

// ending says how a step ended, beyond its status.
func ending(result *clockworkv1.ExecutionResult) string {
	switch {
	case result.GetErrorMessage() != "":
		return result.GetErrorMessage()
	case result.GetExitCode() != 0:
		return fmt.Sprintf("exit code %d", result.GetExitCode())
	default:
		return result.GetSignal()
	}
}
