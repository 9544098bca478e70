package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
)

func newExecutionsWatch(a *app) *cobra.Command {
	var after uint64
	cmd := &cobra.Command{
		Use:   "watch ID",
		Short: "Follow an execution to its end, from its first event on",
		Long: `Follow an execution to its end, from its first event on; one that has ended is shown as it happened.

Output and exit code are those of execute. Ctrl-C ends the watching, not the execution; the exit code is
130 then.` + idHelp,
		Example: `  clockworkctl executions watch 01934b1c-7a40-7cc8-8f0c-2d6ae1c7a3f5
  clockworkctl executions watch 01934b1c-7a --after 120 -o jsonl`,
		Args: arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withExecution(cmd.Context(), args[0], func(ctx context.Context, c *client.Client, id string) error {
				if a.format() == render.JSON {
					after = 0 // the document is about the whole execution
				}
				return a.watch(ctx, c, id, after)
			})
		},
	}
	cmd.Flags().Uint64Var(&after, "after", 0, "begin after the event with this sequence `number`; -o json is about the whole execution and ignores it")
	return cmd
}

func (a *app) watch(ctx context.Context, c *client.Client, id string, after uint64) error {
	following, release := a.untilInterrupted(ctx)
	defer release()
	err := a.follow(c.Watch(following, id, after), a.renderer(), false)
	if interrupted, ok := errors.AsType[*interruptedError](err); ok {
		a.say("stopped watching; the execution goes on. Watch it with: %s executions watch %s", a.command(), id)
		return interrupted.outcome()
	}
	return ahead(ctx, c, id, after, err)
}

// aheadError says that an execution has no event of the number after which it was to be watched.
type aheadError struct {
	id          string
	after, last uint64
}

func (e *aheadError) Error() string {
	return fmt.Sprintf("--after %d: execution %s has only %d events so far", e.after, e.id, e.last)
}

func (e *aheadError) failure() render.Failure {
	remedy := "see whether the number is right; if you have seen that event, the daemon's journal has lost it: watch from the first event on"
	return render.Failure{Code: "data_loss", Message: e.Error(), Remedy: remedy, ExitCode: exitError}
}

// ahead tells a number that was too high from the start from events that got lost on the way.
func ahead(ctx context.Context, c *client.Client, id string, after uint64, watched error) error {
	if !errors.Is(watched, client.ErrDataLoss) {
		return watched
	}
	execution, err := c.Get(ctx, id)
	if err != nil || after <= execution.GetLastSequence() {
		return watched
	}
	return &aheadError{id: id, after: after, last: execution.GetLastSequence()}
}
