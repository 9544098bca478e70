// Command clockworkctl executes bundles through a Clockwork daemon and shows what became of them.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	// With a handler a write to a closed pipe is an error that can be looked at, instead of the end of the process.
	// Unlike an ignored signal a handled one is not inherited by a daemon that is started from here.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, interrupts: interrupts}
	os.Exit(a.run(context.Background(), os.Args[1:]))
}
