package engine

import (
	"context"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"
)

// CreateByAPI makes a container by the Docker API.
func CreateByAPI(c *client.Client) func(context.Context, Request) (string, error) {
	return func(ctx context.Context, r Request) (string, error) {
		if !r.GPUs.None() {
			r.Host.DeviceRequests = []container.DeviceRequest{{
				Count: r.GPUs.Count, DeviceIDs: r.GPUs.IDs, Capabilities: [][]string{{"gpu"}},
			}}
		}
		made, err := c.ContainerCreate(ctx, r.Config, r.Host, nil, nil, r.Name)
		return made.ID, err
	}
}
