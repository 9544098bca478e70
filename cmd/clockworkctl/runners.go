package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
)

func newRunners(a *app) *cobra.Command {
	return group("runners", "Look at the daemon's runners", newRunnersList(a), newRunnersCheck(a))
}

func newRunnersList(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the daemon's runners and what they offer",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.connected(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				runners, err := c.Runners(ctx)
				if err != nil {
					return err
				}
				return a.show(render.Runners(runners))
			})
		},
	}
}
