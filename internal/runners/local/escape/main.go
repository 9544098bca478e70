//go:build linux

// Command escape tries, as a step would, to get out of its sandbox, by every way that its tables have. It is for the tests of the local
// driver. What succeeds does no harm, or is undone.
//
//	escape TARGETS          try everything, each in a process of its own
//	escape TARGETS NAME     try one thing
//
// TARGETS is a JSON object that names what there is outside, see type targets. For every try it prints a line: its name, and why it failed, or
// "ESCAPED".
package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
)

// targets are what there is outside of the sandbox.
type targets struct {
	File     string // of the step's user
	Dir      string // with the file in it
	Socket   string // somebody listens there
	Abstract string // and there, an abstract socket without the @
	TCP      string // and there, host:port
	Agent    string // the socket of the sandbox's own agent
	Daemon   int    // the process id of the daemon
	AgentPID int    // that of the agent, as the first of us sees it
}

// try does something that a confined step must not be able to do. Its error says why it could not.
type try func(targets) error

func main() {
	if err := run(os.Args[1:]); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "escape:", err)
		os.Exit(1) //nolint:forbidigo // this is main
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("TARGETS are missing")
	}
	var t targets
	if err := json.Unmarshal([]byte(args[0]), &t); err != nil {
		return err
	}
	all := map[string]try{}
	for _, table := range []map[string]try{files(), processes(), kernel(), network()} {
		maps.Copy(all, table)
	}
	if len(args) == 2 {
		outcome := "ESCAPED"
		if err := all[args[1]](t); err != nil {
			outcome = err.Error()
		}
		_, err := fmt.Fprintf(os.Stdout, "%s: %s\n", args[1], outcome)
		return err
	}
	t.AgentPID = os.Getppid()
	again, err := json.Marshal(t)
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		cmd := exec.Command(os.Args[0], string(again), name)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
