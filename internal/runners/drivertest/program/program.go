package program

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Process is the process that the program runs as.
type Process struct {
	// Args are the command and its arguments, without the program itself.
	Args   []string
	Env    map[string]string
	Dir    string
	Stdout io.Writer
	Stderr io.Writer
	System System
}

// System is what a process asks of the system that it runs on.
type System interface {
	// Spawn starts the program with other arguments and the same environment, directory and outputs, and does not wait
	// for it. Detached, it gets a session of its own.
	Spawn(args []string, detached bool) error
	// Wait starts the program with other arguments and waits for it. A child that was killed is an error.
	Wait(args []string) (code int, err error)
	// IgnoreTerm has the process and its children ignore SIGTERM.
	IgnoreTerm()
	// Stop has the process stand still, as SIGSTOP does, until it is continued.
	Stop()
}

// command does what one command does and returns the exit code.
type command func(ctx context.Context, p *Process, args []string) int

// commands are the commands by name, each with the number of arguments that it needs at least.
func commands() map[string]struct {
	needs int
	run   command
} {
	return map[string]struct {
		needs int
		run   command
	}{
		"exit":        {1, exit},       // CODE
		"all":         {1, sequence},   // COMMAND… "," COMMAND… "," …: one after the other, while they succeed
		"print":       {1, printAll},   // [out=TEXT|err=TEXT]…
		"env":         {0, env},        // prints NAME=VALUE lines, sorted
		"pwd":         {0, pwd},        //
		"cat":         {1, cat},        // FILE
		"mode":        {1, mode},       // FILE: prints its permission bits in octal
		"write":       {2, write},      // FILE TEXT
		"chmod":       {2, chmod},      // MODE FILE
		"connect":     {2, connect},    // NETWORK ADDRESS: succeeds if it is connected, and sends nothing
		"big":         {1, big},        // BYTES of Pattern on standard output
		"sleep":       {1, sleep},      // DURATION
		"when":        {2, when},       // FILE COMMAND…: waits until the file exists, then goes on as COMMAND
		"hold":        {1, hold},       // FILE: locks it until it is killed
		"held":        {1, held},       // FILE: succeeds if a process holds it
		"await":       {1, awaitHeld},  // FILE: waits until a process holds it
		"background":  {1, background}, // COMMAND…: starts it and ends
		"detach":      {1, detach},     // COMMAND…: starts it in a session of its own and ends
		"daemonize":   {1, daemonize},  // COMMAND…: starts it by a double fork, in a session of its own, and ends
		"relay":       {0, relay},      // starts itself anew in a session of its own and ends: there is always one, and never the same
		"stop":        {1, stop},       // FILE: holds it, and stands still
		"ignore-term": {1, ignoreTerm}, // COMMAND…: goes on as COMMAND, ignoring SIGTERM
		"wait":        {1, waitFor},    // COMMAND…: starts it, waits for it and ends with its exit code, or 1 if it was killed
		"allocate":    {1, allocate},   // BYTES of memory, and uses them
		"grow":        {2, grow},       // FILE BYTES: makes it so large
		"open":        {1, openMany},   // COUNT files at once
		"spin":        {1, spin},       // DURATION: uses a processor as long
		"bomb":        {0, bomb},       // starts processes until it cannot, or has started more than any limit allows, and fails
		"tree":        {1, tree},       // DIR: holds own in it, while descendants hold child, session and daemon
	}
}

// Main runs the program and returns its exit code: 2 for a wrong use, 1 for what else goes wrong.
func Main(ctx context.Context, p *Process) int {
	all := commands()
	if len(p.Args) == 0 {
		return p.fail(2, "a command is missing: %s", strings.Join(slices.Sorted(maps.Keys(all)), ", "))
	}
	name, args := p.Args[0], p.Args[1:]
	chosen, found := all[name]
	if !found || len(args) < chosen.needs {
		return p.fail(2, "%q is no command, or lacks an argument", name)
	}
	return chosen.run(ctx, p, args)
}

// fail says what went wrong.
func (p *Process) fail(code int, format string, args ...any) int {
	_, _ = fmt.Fprintf(p.Stderr, format+"\n", args...) // there is nobody else to tell
	return code
}

// out prints to standard output.
func (p *Process) out(text string) int {
	if _, err := io.WriteString(p.Stdout, text); err != nil {
		return p.fail(1, "cannot print: %v", err)
	}
	return 0
}
