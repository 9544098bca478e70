package main

import (
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
)

// command is how clockworkctl is called to reach the same daemon: what is not in the environment is repeated.
func (a *app) command() string {
	words := []string{"clockworkctl"}
	for _, flag := range [][2]string{
		{"--address", a.address}, {"--tls-ca", a.tls.ca}, {"--tls-cert", a.tls.certificate}, {"--tls-key", a.tls.key},
	} {
		if flag[1] != "" {
			words = append(words, flag[0], render.ShellWord(flag[1]))
		}
	}
	return strings.Join(words, " ")
}

// again is the command line of a command without arguments, with another value of one of its flags.
func (a *app) again(cmd *cobra.Command, flag, value string) string {
	line := a.command() + strings.TrimPrefix(cmd.CommandPath(), cmd.Root().Name())
	cmd.Flags().Visit(func(given *pflag.Flag) {
		if given.Name != flag && cmd.InheritedFlags().Lookup(given.Name) == nil {
			line += " --" + given.Name + "=" + render.ShellWord(given.Value.String())
		}
	})
	return line + " --" + flag + "=" + render.ShellWord(value)
}
