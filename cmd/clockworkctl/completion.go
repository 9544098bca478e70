package main

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// shells are those that a completion script can be written for.
var shells = map[string]func(root *cobra.Command, out io.Writer) error{
	"bash":       func(root *cobra.Command, out io.Writer) error { return root.GenBashCompletionV2(out, true) },
	"zsh":        (*cobra.Command).GenZshCompletion,
	"fish":       func(root *cobra.Command, out io.Writer) error { return root.GenFishCompletion(out, true) },
	"powershell": (*cobra.Command).GenPowerShellCompletionWithDesc,
}

func newCompletion(a *app) *cobra.Command {
	names := slices.Sorted(maps.Keys(shells))
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the script by which a shell completes clockworkctl's commands and flags",
		Long: `Print the script by which a shell completes clockworkctl's commands and flags.

SHELL is one of ` + strings.Join(names, ", ") + `.`,
		Example: `  source <(clockworkctl completion bash)    # in ~/.bashrc; needs the package bash-completion
  source <(clockworkctl completion zsh)     # in ~/.zshrc, after compinit
  clockworkctl completion fish >~/.config/fish/completions/clockworkctl.fish`,
		Args:              arguments("SHELL"),
		ValidArgsFunction: fixed(names...),
		RunE: func(cmd *cobra.Command, args []string) error {
			write, ok := shells[args[0]]
			if !ok {
				message := fmt.Sprintf("there is no completion for a shell %q; take one of %s", args[0], strings.Join(names, ", "))
				return &usageError{message: message, command: cmd.CommandPath()}
			}
			return write(cmd.Root(), a.stdout)
		},
	}
}
