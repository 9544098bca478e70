package main

import (
	"cmp"
	"context"
	"errors"
	"os"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/userdaemon"
	"github.com/clockworkd/clockwork/internal/version"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// connect dials the daemon that the flags and the environment name. The user's own is started if none runs, and replaced
// if it is of another version and idle.
func (a *app) connect(ctx context.Context) (*client.Client, error) {
	if address := a.givenAddress(); address != "" {
		return a.dial(ctx, address)
	}
	address, err := client.UserAddress()
	if err != nil {
		return nil, err
	}
	c, err := a.dial(ctx, address)
	if errors.Is(err, client.ErrUnreachable) {
		if err := userdaemon.Start(ctx, address); err != nil {
			return nil, &startError{err}
		}
		return a.dial(ctx, address)
	}
	if err != nil {
		return nil, err
	}
	return a.ofThisVersion(ctx, c)
}

// givenAddress is the address that the user gave; empty: the user's own daemon is meant.
func (a *app) givenAddress() string {
	return cmp.Or(a.address, os.Getenv(client.AddressVariable))
}

func (a *app) dial(ctx context.Context, address string) (*client.Client, error) {
	options, err := a.tls.options(address)
	if err != nil {
		return nil, err
	}
	return client.Dial(ctx, address, append(options, client.WithResumeNotice(a.broke))...)
}

// ofThisVersion replaces an idle daemon of another version, and warns of a busy one.
func (a *app) ofThisVersion(ctx context.Context, c *client.Client) (*client.Client, error) {
	old := c.DaemonVersion()
	if old == "" || old == version.Version {
		return c, nil
	}
	idle, err := isIdle(ctx, c)
	if err != nil || !idle {
		a.say("warning: the daemon is version %s, clockworkctl is %s; it is busy, and is replaced when it no longer is", old, version.Version)
		return c, nil //nolint:nilerr // whether it is idle only matters for the replacement
	}
	address := c.Address()
	_ = c.Close()
	if err := userdaemon.Replace(ctx, address, old); err != nil {
		return nil, &startError{err}
	}
	return a.dial(ctx, address)
}

// isIdle tells whether a daemon has no execution that has not ended.
func isIdle(ctx context.Context, c *client.Client) (bool, error) {
	unfinished := &clockworkv1.ListExecutionsRequest{PageSize: 1, Statuses: []clockworkv1.ExecutionStatus{
		clockworkv1.ExecutionStatus_EXECUTION_STATUS_QUEUED, clockworkv1.ExecutionStatus_EXECUTION_STATUS_RUNNING,
	}}
	for _, err := range c.List(ctx, unfinished) {
		return false, err
	}
	return true, nil
}
