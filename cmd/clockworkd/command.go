package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/internal/config"
	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/version"
)

func newCommand() *cobra.Command {
	sources := config.Sources{Getenv: os.Getenv, Drivers: driverChecks(), CheckPolicy: checkPolicy, Capabilities: runners.CapabilityNames()}
	root := &cobra.Command{
		Use:   "clockworkd",
		Short: "Execute bundles in warm sandboxes",
		Long: `clockworkd executes bundles and serves the API of Clockwork until it is told to stop.

Without a configuration it listens on the user's own socket and has the runner local, and the
runners docker and podman where their sockets can be used.
SIGTERM drains: running executions get drain_timeout to end; what still runs then goes on
by itself and is taken up at the next start. SIGHUP reads the configuration again.

Exit codes: 0 it was told to stop; 1 it could not start, or failed; 2 usage or configuration.`,
		Example: `  clockworkd --config /etc/clockwork/clockworkd.yaml
  clockworkd --state-dir /tmp/clockwork/state --listen unix:///tmp/clockwork/d.sock`,
		Version:       version.Version,
		Args:          noArguments,
		SilenceUsage:  true,
		SilenceErrors: true,
		RunE: func(cmd *cobra.Command, _ []string) error {
			sources.Detected = detect(cmd.Context())
			return run(cmd.Context(), sources)
		},
	}
	root.Flags().StringVar(&sources.File, "config", "", "read the configuration from this YAML `FILE`")
	root.Flags().StringArrayVar(&sources.Listen, "listen", nil, "listen on `ADDR`, unix:///path or tcp://host:port; repeatable")
	root.Flags().StringVar(&sources.StateDir, "state-dir", "", "keep what survives a restart in `DIR`")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; see %s --help", err, cmd.CommandPath())
	})
	root.AddCommand(newConfigCommand(), newVersionCommand())
	return root
}

func newConfigCommand() *cobra.Command {
	parent := &cobra.Command{
		Use: "config", Short: "Look into configurations", Args: noArguments,
		Example: "  clockworkd config check /etc/clockwork/clockworkd.yaml",
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	parent.AddCommand(&cobra.Command{
		Use:   "check FILE",
		Short: "Name everything that is wrong with a configuration, and start nothing",
		Long: `Name everything that is wrong with a configuration, and start nothing.

The file alone is judged, without the environment. The exit code is 0 if nothing is wrong with it, else 2.`,
		Example: "  clockworkd config check /etc/clockwork/clockworkd.yaml",
		Args:    oneFile,
		RunE: func(cmd *cobra.Command, args []string) error {
			// The file alone is judged: what the environment says here may not hold where it is used.
			_, err := config.Load(config.Sources{
				File: args[0], Getenv: func(string) string { return "" }, Drivers: driverChecks(), CheckPolicy: checkPolicy, Capabilities: runners.CapabilityNames(),
			})
			if err == nil {
				fmt.Fprintf(cmd.OutOrStdout(), "%s is fine\n", args[0])
			}
			return err
		},
	})
	return parent
}

func noArguments(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("there is no command %q; see %s --help", cmd.CommandPath()+" "+args[0], cmd.CommandPath())
	}
	return nil
}

func oneFile(cmd *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("give one FILE: %s FILE", cmd.CommandPath())
	}
	return nil
}

func newVersionCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  clockworkd version",
		Args:    noArguments,
		Run:     func(cmd *cobra.Command, _ []string) { fmt.Fprintln(cmd.OutOrStdout(), "clockworkd", version.Version) },
	}
}
