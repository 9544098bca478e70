package main

import (
	"github.com/spf13/cobra"
)

func newHelp() *cobra.Command {
	return &cobra.Command{
		Use:     "help [COMMAND]...",
		Short:   "Say what a command does",
		Example: "  clockworkctl help executions list",
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest := cmd.Root(), args
			if len(args) > 0 {
				if found, left, err := cmd.Root().Find(args); err == nil {
					about, rest = found, left
				}
			}
			if err := noSuchCommand(about, rest); err != nil {
				return err
			}
			return about.Help()
		},
	}
}
