package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

const executeHelp = `Execute a bundle and follow it to its end.

BUNDLE is a file, JSON or YAML, or "-" for standard input. Its execution is the daemon's: Ctrl-C or SIGTERM cancels it, and
a second one stops waiting for its end; if this command goes away in another way, it goes on.

The exit code is that of the execution: 0 success, 1 a step failed, 4 lost or error, 124 timeout, 130 cancelled; with
--detach 0 once the daemon has taken the bundle. 2: the bundle or the command line is not valid, or was refused.

-o json prints one document when it has ended: execution_id, status, execution_summary, step_results.
-o jsonl prints each event when it comes, with its "type"; output bytes come as "data", or, where they are not valid
UTF-8, as "data_base64".`

// executeFlags are the flags of execute.
type executeFlags struct {
	runner      string
	vars        []string
	timeout     durationFlag
	stepTimeout durationFlag
	keepGoing   bool
	detach      bool
	key         string
}

func newExecute(a *app) *cobra.Command {
	var f executeFlags
	cmd := &cobra.Command{
		Use:   "execute BUNDLE",
		Short: "Execute a bundle and follow it to its end",
		Long:  executeHelp,
		Example: `  clockworkctl execute pipeline.json
  clockworkctl execute pipeline.json --var PORT=9000 --timeout 5m -o json
  generate-bundle | clockworkctl execute - --detach
  clockworkctl execute nightly.yaml --idempotency-key nightly-2006-01-02    # run it twice: it executes once`,
		Args: arguments("BUNDLE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.execute(cmd.Context(), args[0], &f)
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&f.runner, "runner", "", "`name` of the runner (default: the daemon's default runner)")
	flags.StringArrayVar(&f.vars, "var", nil, "set a variable, `NAME=VALUE`, over the bundle's own; the value is a string (repeatable)")
	flags.Var(&f.timeout, "timeout", "longest time that the execution may take, waiting included: 5m, 300s")
	flags.Var(&f.stepTimeout, "timeout-per-step", "longest time that each step may take that names none itself")
	flags.BoolVar(&f.keepGoing, "keep-going", false, "go on with the next steps when one does not succeed")
	flags.BoolVar(&f.detach, "detach", false, "print the execution's id and status, and do not follow it")
	flags.StringVar(&f.key, "idempotency-key", "", "the same `key` with the same bundle joins the execution that it started")
	return cmd
}

// request reads the bundle and puts together what the daemon is asked.
func (a *app) request(name string, f *executeFlags) (*clockworkv1.ExecuteBundleRequest, error) {
	vars, err := parseVars(f.vars)
	if err != nil {
		return nil, err
	}
	message, err := a.readBundle(name)
	if err != nil {
		return nil, err
	}
	return &clockworkv1.ExecuteBundleRequest{
		Bundle:         message,
		Runner:         f.runner,
		Vars:           vars,
		Timeout:        f.timeout.value,
		StepTimeout:    f.stepTimeout.value,
		KeepGoing:      f.keepGoing,
		IdempotencyKey: f.key,
	}, nil
}

func (a *app) execute(ctx context.Context, name string, f *executeFlags) error {
	request, err := a.request(name, f)
	if err != nil {
		return err
	}
	c, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if f.detach {
		return a.detach(ctx, c, request)
	}
	return a.attach(ctx, c, request)
}

// detach starts the execution and leaves it.
func (a *app) detach(ctx context.Context, c *client.Client, request *clockworkv1.ExecuteBundleRequest) error {
	execution, err := c.Execute(ctx, request)
	if err != nil {
		return err
	}
	execution.Close()
	state, err := c.Get(ctx, execution.ID()) // a key may have joined one that is no longer queued
	if err != nil {
		return err
	}
	return a.show(render.Started(state))
}

// attach starts the execution and follows it to its end.
func (a *app) attach(ctx context.Context, c *client.Client, request *clockworkv1.ExecuteBundleRequest) error {
	ctx, canceller := a.cancelOnInterrupt(ctx, c)
	defer canceller.release()
	execution, err := c.Execute(ctx, request)
	if errors.Is(err, errStoppedWaiting) {
		a.say("stopped before the daemon had answered; see whether it took the bundle with: %s executions list", a.command())
		return outcome(exitCancelled)
	}
	if err != nil {
		return err
	}
	canceller.accepted <- execution.ID()
	err = a.follow(execution.Events(), a.renderer(), true)
	if errors.Is(err, errStoppedWaiting) {
		a.say("stopped waiting; the cancel goes on. Watch it with: %s executions watch %s", a.command(), execution.ID())
		return outcome(exitCancelled)
	}
	if _, ended := errors.AsType[outcome](err); err != nil && !ended {
		a.say("the execution goes on; watch it with: %s executions watch %s", a.command(), execution.ID())
	}
	return err
}
