package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
	"github.com/clockworkd/clockwork/internal/version"
)

const rootHelp = `clockworkctl executes bundles through a Clockwork daemon and shows what became of them.

Without --address and CLOCKWORK_ADDRESS it talks to your own daemon, and starts it if none runs.
A daemon at a tcp:// address that demands TLS is reached with --tls-ca, --tls-cert and --tls-key.

Output (-o): tty is for a terminal, plain for logs, json one document, jsonl one document a line. In documents every
field is present, statuses are words, times and durations are seconds. Messages and errors go to standard error; with
json and jsonl an error is also a document, {"error": {"code", "message", "remedy", "reason", "exit_code", "faults"}}.

Exit codes: 0 success; 1 a step failed; 2 usage, invalid bundle, or refused; 3 daemon unreachable; 4 lost or error;
124 timeout; 130 cancelled.`

func newRoot(a *app) *cobra.Command {
	root := &cobra.Command{
		Use:   "clockworkctl",
		Short: "Execute bundles through a Clockwork daemon",
		Long:  rootHelp,
		Example: `  clockworkctl execute pipeline.json
  clockworkctl execute pipeline.json -o json | jq '.step_results[] | {name, status}'
  clockworkctl --address tcp://build.example.com:7090 --tls-ca ca.pem --tls-cert me.pem --tls-key me.key executions list`,
		Version:           version.Version,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: a.checkFlags,
		Args:              noSuchCommand,
		RunE:              showHelp,
	}
	root.PersistentFlags().StringVar(&a.address, "address", "",
		"the daemon's `address`: unix:///path or tcp://host:port (default: $CLOCKWORK_ADDRESS, else your own daemon)")
	a.tls.flags(root.PersistentFlags())
	root.PersistentFlags().StringVarP(&a.output, "output", "o", "",
		"output `format`: "+render.Names()+" (default: tty on a terminal, else plain)")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return &usageError{message: flagMessage(err), command: cmd.CommandPath()}
	})
	root.SetHelpCommand(newHelp())
	root.AddCommand(
		newExecute(a), newValidate(a),
		newExecutions(a), newRunners(a),
		newDoctor(a), newVersion(a), newDaemon(a), newCompletion(a),
	)
	a.completable(root)
	return root
}

// group is a command that only holds others.
func group(use, short, long, example string, commands ...*cobra.Command) *cobra.Command {
	cmd := &cobra.Command{Use: use, Short: short, Long: short + ".\n\n" + long, Example: example, Args: noSuchCommand, RunE: showHelp}
	cmd.AddCommand(commands...)
	return cmd
}

// flagMessage is what is wrong with a flag, without the names of Go's functions.
func flagMessage(err error) string {
	number, ok := errors.AsType[*strconv.NumError](err)
	if !ok {
		return err.Error()
	}
	return strings.Replace(err.Error(), number.Error(), "it must be a number that is not too large", 1)
}

func showHelp(cmd *cobra.Command, _ []string) error {
	return cmd.Help()
}

func noSuchCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	message := fmt.Sprintf("there is no command %q", cmd.CommandPath()+" "+args[0])
	cmd.SuggestionsMinimumDistance = 2 // cobra sets it only where it refuses by itself
	if similar := cmd.SuggestionsFor(args[0]); len(similar) > 0 {
		message += fmt.Sprintf("; did you mean %q?", similar[0])
	}
	return &usageError{message: message, command: cmd.CommandPath()}
}

// arguments takes exactly the named ones; those in brackets may be missing.
func arguments(names ...string) cobra.PositionalArgs {
	least := 0
	for _, name := range names {
		if name[0] != '[' {
			least++
		}
	}
	return func(cmd *cobra.Command, args []string) error {
		switch {
		case len(args) < least:
			return &usageError{message: names[len(args)] + " is missing", command: cmd.CommandPath()}
		case len(args) > len(names):
			return &usageError{message: fmt.Sprintf("unexpected argument %q", args[len(names)]), command: cmd.CommandPath()}
		}
		return nil
	}
}
