package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
)

func newRunnersCheck(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "check [NAME]",
		Short: "Find out, by doing it, whether a runner works; without a name: each of them",
		Long: `Find out, by doing it, whether a runner works; without a name: each of them.

What does not work is named with its remedy. Then come the runner's capabilities, isolation and limits among them: which
of them are in force and how, and for the others why not and what can be done.

The exit code is 0 if all that were checked are usable, else 4; a capability that is not in force does not count.`,
		Example: `  clockworkctl runners check
  clockworkctl runners check local -o json | jq '.runners[].capabilities[] | select(.available | not)'`,
		Args: arguments("[NAME]"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.connected(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				return a.checkRunners(ctx, c, args)
			})
		},
	}
}

func (a *app) checkRunners(ctx context.Context, c *client.Client, names []string) error {
	if len(names) == 0 {
		runners, err := c.Runners(ctx)
		if err != nil {
			return err
		}
		for _, runner := range runners {
			names = append(names, runner.GetName())
		}
	}
	var checks []render.Check
	var unusable error
	for _, name := range names {
		response, err := c.CheckRunner(ctx, name)
		if err != nil {
			return err
		}
		runner, err := c.Runner(ctx, name) // now that it has been checked, what it can do is known
		if err != nil {
			return err
		}
		checks = append(checks, render.Check{Runner: runner, Response: response})
		if !response.GetUsable() {
			unusable = outcome(exitError)
		}
	}
	if err := a.show(render.Checks(checks)); err != nil {
		return err
	}
	return unusable
}
