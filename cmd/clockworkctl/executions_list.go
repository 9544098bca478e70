package main

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// maxPage is the most executions that the daemon returns at once.
const maxPage = 1000

// listFlags are the flags of executions list.
type listFlags struct {
	limit     int
	page      string
	statuses  statusesFlag
	runner    string
	principal string
	since     sinceFlag
}

func newExecutionsList(a *app) *cobra.Command {
	var f listFlags
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List executions, newest first",
		Long: `List executions, newest first.

STEPS is how many steps have succeeded, of how many. With several flags only executions that all of them fit are listed.

Where there are more than --limit, the command that lists the next ones is told; in the document of -o json
"next_page_token" is what it gives to --page-token, empty if there are no more.`,
		Example: `  clockworkctl executions list
  clockworkctl executions list --status queued,running
  clockworkctl executions list --status failed --since 24h --runner local -o json
  clockworkctl executions list --since 2006-01-02T15:04:05Z --limit 0
  clockworkctl executions list --since 7d --principal uid:1000`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if f.limit < 0 {
				return &usageError{message: "--limit is negative", command: cmd.CommandPath()}
			}
			return a.connected(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				return a.listExecutions(ctx, c, &f, cmd)
			})
		},
	}
	flags := cmd.Flags()
	flags.IntVar(&f.limit, "limit", 50, "list at most this `number` of executions; 0: all")
	flags.StringVar(&f.page, "page-token", "", "go on after the list that gave this `token`, with the same flags")
	flags.Var(&f.statuses, "status", "only those with this `status`: "+strings.Join(statusWords(), ", ")+" (repeatable, or separated by commas)")
	flags.StringVar(&f.runner, "runner", "", "only those on the runner with this `name`")
	flags.StringVar(&f.principal, "principal", "", "only those that this `principal` asked for, as the list shows it: uid:1000")
	flags.Var(&f.since, "since", "only those accepted since then: 90s, 1h or 7d (ago), 2006-01-02, 2006-01-02T15:04:05Z")
	return cmd
}

// request asks for what is wanted.
func (f *listFlags) request() *clockworkv1.ListExecutionsRequest {
	return &clockworkv1.ListExecutionsRequest{
		PageToken: f.page, Statuses: f.statuses.values, Runner: f.runner, Principal: f.principal, Since: f.since.value,
	}
}

func (a *app) listExecutions(ctx context.Context, c *client.Client, f *listFlags, cmd *cobra.Command) error {
	var executions []*clockworkv1.Execution
	request := f.request()
	for {
		request.PageSize = maxPage
		if f.limit > 0 {
			request.PageSize = int32(min(f.limit-len(executions), maxPage))
		}
		page, next, err := c.ListPage(ctx, request)
		if err != nil {
			return err
		}
		executions, request.PageToken = append(executions, page...), next
		if next == "" || f.limit > 0 && len(executions) >= f.limit {
			break
		}
	}
	next := request.GetPageToken()
	if err := a.show(render.Executions(executions, next)); err != nil {
		return err
	}
	if next != "" {
		a.say("there are more; see the next ones with: %s", a.again(cmd, "page-token", next))
	}
	return nil
}
