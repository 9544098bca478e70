package main

import (
	"context"

	"github.com/spf13/cobra"
)

func newDaemonStatus(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Say whether the daemon runs, where, and which one it is",
		Long: `Say whether your own daemon runs, or the one at --address, and which process and version it is.

It starts none. The exit code is 0 if it runs, else 3.`,
		Example: `  clockworkctl daemon status
  clockworkctl daemon status -o json | jq -r '.log'`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			address, err := a.daemonAddress()
			if err != nil {
				return err
			}
			return a.daemonStatus(cmd.Context(), address)
		},
	}
}

func (a *app) daemonStatus(ctx context.Context, address string) error {
	seen, err := a.lookAt(ctx, address)
	if err != nil {
		return err
	}
	if err := a.show(seen.View()); err != nil {
		return err
	}
	if !seen.Running {
		return outcome(exitUnreachable)
	}
	return nil
}
