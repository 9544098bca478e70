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
The exit code says whether it could be shown, not how the execution ended.`,
		Args: arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.connected(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				execution, err := c.Get(ctx, args[0])
				if err != nil {
					return err
				}
				return a.show(render.Execution(execution))
			})
		},
	}
}
