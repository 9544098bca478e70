package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/client"
)

func newExecutions(a *app) *cobra.Command {
	return group("executions", "Look at executions, and cancel them",
		"An execution is one run of a bundle. The daemon keeps it, with its events and its output, after it has ended.",
		`  clockworkctl executions list --status running
  clockworkctl executions logs 01934b1c-7a`,
		newExecutionsList(a), newExecutionsShow(a), newExecutionsWatch(a),
		newExecutionsLogs(a), newExecutionsOutputs(a), newExecutionsCancel(a),
	)
}

// connected runs do with a connection to the daemon.
func (a *app) connected(ctx context.Context, do func(ctx context.Context, c *client.Client) error) error {
	c, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	return do(ctx, c)
}
