package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// A message names what was typed, and the remedy is one.
func TestMessagesOfUsage(t *testing.T) {
	t.Parallel()
	missing := "cannot read the bundle: open no-such-file: no such file or directory"
	for line, want := range map[string][2]string{
		"execute - --var 1A=3":  {"--var 1A=3: a variable's name must match [A-Za-z_][A-Za-z0-9_]*", "see clockworkctl execute --help"},
		"execute no-such-file":  {missing, `give the path of a JSON or YAML file, or "-" for standard input`},
		"validate no-such-file": {missing, `give the path of a JSON or YAML file, or "-" for standard input`},
		"help no-such-command":  {`there is no command "clockworkctl no-such-command"`, "see clockworkctl --help"},
		"help executions shwo":  {`there is no command "clockworkctl executions shwo"; did you mean "show"?`, "see clockworkctl executions --help"},
	} {
		got := command{stdin: oneStep}.run(append(strings.Fields(line), "-o", "json")...)
		failure, _ := got.document(t)["error"].(map[string]any)
		if got.code != 2 || failure["message"] != want[0] || failure["remedy"] != want[1] {
			t.Errorf("%s: exit code %d and %v, want %q", line, got.code, failure, want)
		}
		wants(t, got.stderr, want[0]+"\n", want[1]+"\n")
	}
}

// Each command says what it does, in whole sentences, and shows how it is used.
func TestEachCommandHasHelp(t *testing.T) {
	t.Parallel()
	var look func(cmd *cobra.Command)
	look = func(cmd *cobra.Command) {
		if cmd.Long == "" && cmd.Name() != "help" {
			t.Errorf("%s has no help", cmd.CommandPath())
		}
		for line := range strings.Lines(cmd.Example) {
			if !strings.HasPrefix(line, "  ") || !strings.Contains(line, "clockworkctl") {
				t.Errorf("%s: %q is no example", cmd.CommandPath(), line)
			}
		}
		if cmd.Example == "" {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
		for _, below := range cmd.Commands() {
			look(below)
		}
	}
	look(newRoot(&app{}))
}

func TestAFlagThatIsNoNumber(t *testing.T) {
	t.Parallel()
	got := command{}.run("executions", "list", "--limit", "x")
	wants(t, got.stderr, `invalid argument "x" for "--limit" flag: it must be a number that is not too large`)
}

func TestHelpOnACommand(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{"help": "Exit codes:", "help executions": "outputs", "help executions logs": "--stream"} {
		got := command{}.run(strings.Fields(line)...)
		if got.code != 0 || got.stderr != "" {
			t.Errorf("%s: exit code %d and %q", line, got.code, got.stderr)
		}
		wants(t, got.stdout, want)
	}
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for _, line := range []string{
		"execute", "execute a b", "execute - --timeout 0s", "execute - --timeout 300", "execute - --var novalue", "execute no-such-file",
		"execute - -o xml", "execute - --no-such-flag", "no-such-command", "executions no-such", "executions show", "daemon restart",
		"--address localhost:7000 runners list", "executions logs id --stream stdin", "executions list --limit -1",
	} {
		if got := (command{stdin: oneStep}).run(strings.Fields(line)...); got.code != 2 {
			t.Errorf("%s: exit code %d, want 2\n%s", line, got.code, got.stderr)
		} else if got.stderr == "" {
			t.Errorf("%s: no message", line)
		}
	}
}
