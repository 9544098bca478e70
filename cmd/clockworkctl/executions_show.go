package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
)

func newExecutionsShow(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "show ID",
		Short: "Show an execution and its steps",
		Long: `Show an execution and its steps.

-o json prints the document that execute prints, with the results of the steps that have ended so far.
The exit code says whether it could be shown, not how the execution ended.` + idHelp,
		Example: `  clockworkctl executions show 01934b1c-7a40-7cc8-8f0c-2d6ae1c7a3f5
  clockworkctl executions show 01934b1c-7a -o json | jq '.step_results[] | {name, status, exit_code}'`,
		Args: arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withExecution(cmd.Context(), args[0], func(ctx context.Context, c *client.Client, id string) error {
				execution, err := c.Get(ctx, id)
				if err != nil {
					return err
				}
				return a.show(render.Execution(execution))
			})
		},
	}
}
