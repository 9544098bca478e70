package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/userdaemon"
)

func newDaemon(a *app) *cobra.Command {
	return group("daemon", "Start, stop and look at your own daemon",
		"Your own daemon runs as you, without a configuration, until it is stopped. Its socket is for you alone.",
		`  clockworkctl daemon status
  clockworkctl daemon stop`,
		newDaemonStart(a), newDaemonStop(a), newDaemonStatus(a),
	)
}

// daemonAddress is the address that was given, else that of the user's own daemon.
func (a *app) daemonAddress() (string, error) {
	if address := a.givenAddress(); address != "" {
		return address, nil
	}
	return client.UserAddress()
}

// lookAt finds out what can be known of the daemon at an address. That none runs there is not an error.
func (a *app) lookAt(ctx context.Context, address string) (render.Daemon, error) {
	seen := render.Daemon{Address: address}
	if own, err := client.UserAddress(); err == nil && own == address {
		if seen.Log, err = userdaemon.LogPath(); err != nil {
			return seen, err
		}
	}
	c, err := a.dial(ctx, address)
	if errors.Is(err, client.ErrUnreachable) {
		return seen, nil
	}
	if err != nil {
		return seen, err
	}
	defer c.Close()
	seen.Running, seen.Version = true, c.DaemonVersion()
	if pid, err := userdaemon.Pid(ctx, address); err == nil { // over TCP nobody can tell
		seen.Pid, seen.Uptime = pid, userdaemon.Uptime(pid)
	}
	return seen, nil
}

func newDaemonStart(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "start",
		Short: "Start your own daemon, unless it runs",
		Long: `Start your own daemon, unless it runs, and wait until it answers.

Every command without --address and CLOCKWORK_ADDRESS does that by itself. One of another version is replaced when it is idle.
A daemon at another address is started by whoever runs it: see clockworkd --help.`,
		Example: `  clockworkctl daemon start
  socket=$(clockworkctl daemon start -o json | jq -r '.address')    # unix:///run/user/1000/clockwork/clockworkd.sock`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if given := a.givenAddress(); given != "" {
				return &usageError{message: fmt.Sprintf("only your own daemon is started from here, not one at %s", given), command: cmd.CommandPath()}
			}
			return a.connected(cmd.Context(), func(ctx context.Context, c *client.Client) error {
				return a.showDaemon(ctx, c.Address())
			})
		},
	}
}

func (a *app) showDaemon(ctx context.Context, address string) error {
	seen, err := a.lookAt(ctx, address)
	if err != nil {
		return err
	}
	return a.show(seen.View())
}
