package main

import (
	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
	"github.com/clockworkd/clockwork/internal/version"
)

func newVersion(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version of clockworkctl",
		Long:  "Print the version of clockworkctl. That of the daemon is told by: clockworkctl daemon status",
		Example: `  clockworkctl version
  clockworkctl version -o json | jq -r '.version'`,
		Args: arguments(),
		RunE: func(*cobra.Command, []string) error {
			return a.show(render.Version(version.Version))
		},
	}
}
