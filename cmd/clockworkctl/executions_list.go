package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// maxPage is the most executions that the daemon returns at once.
const maxPage = 1000

func newExecutionsList(a *app) *cobra.Command {
	limit := 50
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List executions, newest first",
		Args:  arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if limit < 0 {
				return &usageError{message: "--limit is negative", command: cmd.CommandPath()}
			}
			return a.connected(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				return a.listExecutions(ctx, c, limit)
			})
		},
	}
	cmd.Flags().IntVar(&limit, "limit", limit, "most executions to list; 0: all")
	return cmd
}

func (a *app) listExecutions(ctx context.Context, c *client.Client, limit int) error {
	request := &clockworkv1.ListExecutionsRequest{PageSize: maxPage}
	if limit > 0 {
		request.PageSize = int32(min(limit, maxPage-1)) + 1 // one more tells whether there are more
	}
	var executions []*clockworkv1.Execution
	for execution, err := range c.List(ctx, request) {
		if err != nil {
			return err
		}
		if limit > 0 && len(executions) == limit {
			a.say("there are more; see them with --limit")
			break
		}
		executions = append(executions, execution)
	}
	return a.show(render.Executions(executions))
}
