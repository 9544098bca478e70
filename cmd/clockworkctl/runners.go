package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
)

func newRunners(a *app) *cobra.Command {
	return group("runners", "Look at the daemon's runners",
		"A runner is where steps run: an environment of some kind, with its limits and a pool of sandboxes. The daemon's configuration names them.",
		`  clockworkctl runners list
  clockworkctl runners check local`,
		newRunnersList(a), newRunnersCheck(a),
	)
}

func newRunnersList(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the daemon's runners and what they offer",
		Long: `List the daemon's runners and what they offer.

LANGUAGES are those of steps without a command. IDLE sandboxes are ready, LEASED ones serve an execution, and at most MAX
exist at once. What a runner can do, and what it cannot and why, is told by: clockworkctl runners check`,
		Example: `  clockworkctl runners list
  clockworkctl runners list -o json | jq '.runners[] | {name, languages, pool}'`,
		Args: arguments(),
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
