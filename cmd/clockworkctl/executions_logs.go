package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

const logsHelp = `Print what the steps of an execution have printed so far.

Without --stream both streams come as they were printed, one through the other: of all steps, as lines with the step's
name before them, or of those that --step names, as they are.

With --stream exactly the bytes of that stream come: of each step's newest attempt, step after step in the bundle's order.

On a terminal, what steps have printed does not steer it: of control sequences only colours are left, and of a line that was
overwritten, as progress bars are, its last state. With --stream and elsewhere the bytes are left as they are.

With --follow it goes on to the end of the execution, and the exit code is the execution's; with --stream, what a later
attempt prints then follows what the one before it had printed. Ctrl-C ends the following, not the execution.

-o json and -o jsonl print the events about output; bytes come as "data", or, where they are not valid UTF-8, as
"data_base64".` + idHelp

// logsFlags are the flags of executions logs.
type logsFlags struct {
	step, stream string
	follow       bool
}

func newExecutionsLogs(a *app) *cobra.Command {
	var f logsFlags
	cmd := &cobra.Command{
		Use:   "logs ID",
		Short: "Print what the steps of an execution have printed",
		Long:  logsHelp,
		Example: `  clockworkctl executions logs 01934b1c-7a40-7cc8-8f0c-2d6ae1c7a3f5
  clockworkctl executions logs 01934b1c-7a --follow --step build_image
  clockworkctl executions logs 01934b1c-7a --step build_image --stream stdout >image.tar`,
		Args: arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if _, ok := streams[f.stream]; !ok {
				return &usageError{message: fmt.Sprintf("there is no stream %q; take stdout or stderr", f.stream), command: cmd.CommandPath()}
			}
			return a.withExecution(cmd.Context(), args[0], func(ctx context.Context, c *client.Client, id string) error {
				return a.logs(ctx, c, id, &f)
			})
		},
	}
	cmd.Flags().StringVar(&f.step, "step", "", "only of the steps with this `name` or purpose")
	cmd.Flags().StringVar(&f.stream, "stream", "", "only this `stream`, stdout or stderr, exactly")
	cmd.Flags().BoolVarP(&f.follow, "follow", "f", false, "go on, while the execution does, to its end")
	return cmd
}

var streams = map[string]clockworkv1.Stream{
	"":       clockworkv1.Stream_STREAM_UNSPECIFIED,
	"stdout": clockworkv1.Stream_STREAM_STDOUT,
	"stderr": clockworkv1.Stream_STREAM_STDERR,
}

// sink takes the events of an execution that are about what is wanted.
type sink interface {
	Event(event *clockworkv1.Event) error
	Ended() error
}

func (a *app) logs(ctx context.Context, c *client.Client, id string, f *logsFlags) error {
	execution, err := c.Get(ctx, id)
	if err != nil {
		return err
	}
	wanted, err := selectOutput(execution, f)
	if err != nil {
		return err
	}
	log, closeLog := a.logSink(wanted, f.step != "", wanted.stream)
	if f.follow {
		return errors.Join(a.followLogs(ctx, c, execution, wanted, log), closeLog())
	}
	for event, err := range soFar(c.Watch(ctx, id, 0), execution.GetLastSequence()) {
		if err != nil {
			return errors.Join(err, log.Ended(), closeLog())
		}
		if !wanted.includes(event) {
			continue
		}
		if err := log.Event(event); err != nil {
			return errors.Join(err, closeLog())
		}
	}
	return errors.Join(log.Ended(), closeLog())
}

// logSink chooses how the wanted output is written.
func (a *app) logSink(wanted *outputSelection, ofStep bool, stream clockworkv1.Stream) (log sink, closeLog func() error) {
	format, nothing := a.format(), func() error { return nil }
	switch {
	case format == render.JSON || format == render.JSONL || !ofStep && stream == clockworkv1.Stream_STREAM_UNSPECIFIED:
		return render.NewLog(format, a.stdout, a.screen()), nothing
	case stream == clockworkv1.Stream_STREAM_UNSPECIFIED:
		return newRawLog(a.printing(), a.say), nothing
	default:
		ordered := newOrderedLog(newRawLog(a.stdout, a.say), wanted.steps)
		return ordered, ordered.close
	}
}

// printing is standard output, where steps must not steer the terminal if it is one.
func (a *app) printing() io.Writer {
	if a.screen().Terminal {
		return render.Guard(a.stdout)
	}
	return a.stdout
}

// soFar yields events up to the one with the given sequence number.
func soFar(events iter.Seq2[*clockworkv1.Event, error], last uint64) iter.Seq2[*clockworkv1.Event, error] {
	return func(yield func(*clockworkv1.Event, error) bool) {
		for event, err := range events {
			if !yield(event, err) || event.GetSequence() >= last {
				return
			}
		}
	}
}
