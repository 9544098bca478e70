// Command binary is the test program as a program of its own, for sandboxes with real processes.
package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"

	"github.com/clockworkd/clockwork/internal/runners/drivertest/program"
)

func main() {
	dir, err := os.Getwd()
	if err != nil {
		_, _ = os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1) //nolint:forbidigo // this is main
	}
	os.Exit(program.Main(context.Background(), &program.Process{ //nolint:forbidigo // this is main
		Args: os.Args[1:], Env: environment(), Dir: dir, Stdout: os.Stdout, Stderr: os.Stderr, System: system{},
	}))
}

// environment is as the process got it.
func environment() map[string]string {
	env := make(map[string]string)
	for _, pair := range os.Environ() {
		name, value, _ := strings.Cut(pair, "=")
		env[name] = value
	}
	return env
}

// system is the operating system.
type system struct{}

// Spawn starts this program anew.
func (system) Spawn(args []string, detached bool) error {
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: detached}
	return cmd.Start() // its parent ends before it, or with it
}

// Wait starts this program anew, and waits.
func (system) Wait(args []string) (int, error) {
	cmd := exec.Command("/proc/self/exe", args...)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	err := cmd.Run()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.Exited() {
		return exit.ExitCode(), nil
	}
	return 0, err
}

// IgnoreTerm ignores SIGTERM. That is inherited.
func (system) IgnoreTerm() { signal.Ignore(syscall.SIGTERM) }

// Stop stops this process. Nothing is lost if it is continued at once.
func (system) Stop() { _ = syscall.Kill(os.Getpid(), syscall.SIGSTOP) }
