// Command clockworkd is the daemon. This package is the composition root: it turns the configuration into constructors'
// arguments, runs what they make, and ends it in order. It is the only one that knows the concrete drivers.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// Exit codes.
const (
	exitFailure = 1
	exitUsage   = 2
)

func main() {
	if err := newCommand().ExecuteContext(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "clockworkd:", err)
		os.Exit(exitCode(err))
	}
}

// failure is an error that is not the caller's.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

func exitCode(err error) int {
	if _, ok := errors.AsType[failure](err); ok {
		return exitFailure
	}
	return exitUsage
}
