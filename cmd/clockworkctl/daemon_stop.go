package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/userdaemon"
)

// stopDeadline bounds how long a stop is waited for; the daemon gives what runs some time.
const stopDeadline = 2 * time.Minute

func newDaemonStop(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "stop",
		Short: "Stop your own daemon, and wait until it has ended",
		Long: `Stop your own daemon, or the one at --address if that is a Unix socket, and wait until it has ended.

It takes no new executions and gives running ones some time. Steps that still run then are left running, and are taken
up again when it is started next. That none runs is not an error.`,
		Example: `  clockworkctl daemon stop
  clockworkctl daemon stop --address unix:///run/clockwork/clockworkd.sock`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			address, err := a.daemonAddress()
			if err != nil {
				return err
			}
			if _, ok := client.SocketPath(address); !ok {
				return &usageError{message: fmt.Sprintf("the daemon at %s cannot be stopped from here: it has no Unix socket", address), command: cmd.CommandPath()}
			}
			return a.stopDaemon(cmd.Context(), address)
		},
	}
}

func (a *app) stopDaemon(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, stopDeadline, fmt.Errorf("it has not ended within %s", stopDeadline))
	defer cancel()
	if err := userdaemon.Stop(ctx, address); err != nil && !errors.Is(err, client.ErrUnreachable) {
		return err
	}
	return a.show(render.Daemon{Address: address}.View())
}
