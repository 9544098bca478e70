package main

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// Each command shows how it is used, and what was typed wrong leads to its help.
func TestCommandsHelp(t *testing.T) {
	t.Parallel()
	var look func(*cobra.Command)
	look = func(cmd *cobra.Command) {
		if !strings.Contains(cmd.Example, cmd.CommandPath()) {
			t.Errorf("%s has no example", cmd.CommandPath())
		}
		for _, below := range cmd.Commands() {
			look(below)
		}
	}
	look(newCommand())
	for line, want := range map[string]string{
		"--bogus":      "unknown flag: --bogus; see clockworkd --help",
		"bogus":        `there is no command "clockworkd bogus"; see clockworkd --help`,
		"config bogus": `there is no command "clockworkd config bogus"; see clockworkd config --help`,
		"config check": "give one FILE: clockworkd config check FILE",
	} {
		cmd := newCommand()
		cmd.SetArgs(strings.Fields(line))
		if err := cmd.Execute(); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", line, err, want)
		}
	}
}
