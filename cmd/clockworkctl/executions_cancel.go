package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
)

func newExecutionsCancel(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "cancel ID",
		Short: "Ask for the end of an execution",
		Long: `Ask for the end of an execution, and do not wait for it.

Its steps get SIGTERM, and SIGKILL after a grace period. That it has ended already is not an error.` + idHelp,
		Example: `  clockworkctl executions cancel 01934b1c-7a40-7cc8-8f0c-2d6ae1c7a3f5
  clockworkctl executions cancel 01934b1c-7a && clockworkctl executions watch 01934b1c-7a    # see its end`,
		Args: arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withExecution(cmd.Context(), args[0], func(ctx context.Context, c *client.Client, id string) error {
				execution, err := c.Cancel(ctx, id, "asked for by clockworkctl")
				if err != nil {
					return err
				}
				return a.show(render.Cancelling(execution))
			})
		},
	}
}
