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

Its steps get SIGTERM, and SIGKILL after a grace period. That it has ended already is not an error.`,
		Args: arguments("ID"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.connected(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				execution, err := c.Cancel(ctx, args[0], "asked for by clockworkctl")
				if err != nil {
					return err
				}
				return a.show(render.Cancelling(execution))
			})
		},
	}
}
