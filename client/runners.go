package client

import (
	"context"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Runners returns all runners, in the order of the daemon's configuration.
func (c *Client) Runners(ctx context.Context) ([]*clockworkv1.Runner, error) {
	response, err := c.runners.ListRunners(ctx, &clockworkv1.ListRunnersRequest{})
	if err != nil {
		return nil, c.typed("list runners", err)
	}
	return response.GetRunners(), nil
}

// Runner returns one runner. Errors: ErrNotFound, ErrUnreachable.
func (c *Client) Runner(ctx context.Context, name string) (*clockworkv1.Runner, error) {
	runner, err := c.runners.GetRunner(ctx, &clockworkv1.GetRunnerRequest{Name: name})
	if err != nil {
		return nil, c.typed("get runner "+name, err)
	}
	return runner, nil
}

// CheckRunner finds out, by doing it, whether a runner's environment is usable. That may take seconds.
// Errors: ErrNotFound, ErrUnreachable.
func (c *Client) CheckRunner(ctx context.Context, name string) (*clockworkv1.CheckRunnerResponse, error) {
	response, err := c.runners.CheckRunner(ctx, &clockworkv1.CheckRunnerRequest{Name: name})
	if err != nil {
		return nil, c.typed("check runner "+name, err)
	}
	return response, nil
}
