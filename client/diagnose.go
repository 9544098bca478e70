package client

import (
	"context"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Diagnose has the daemon look at itself and its host. The error wraps ErrUnreachable if it is gone.
func (c *Client) Diagnose(ctx context.Context) (*clockworkv1.DiagnoseResponse, error) {
	response, err := c.daemon.Diagnose(ctx, &clockworkv1.DiagnoseRequest{})
	if err != nil {
		return nil, c.typed("ask the daemon how it is", err)
	}
	return response, nil
}
