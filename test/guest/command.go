package guest

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

// Tester is the ordinary user of the guest.
const Tester = "tester"

// DefaultTimeout bounds commands that name no timeout of their own.
const DefaultTimeout = 2 * time.Minute

// Command is a command of the guest.
type Command struct {
	Args    []string
	User    string            // root where it is empty
	Env     map[string]string // besides PATH and HOME
	Dir     string            // / where it is empty
	Stdin   io.Reader         // may be nil
	Timeout time.Duration     // DefaultTimeout where it is 0; a command that has not ended by then fails the test

	// Properties make the command a transient service of systemd with these properties, such as "Delegate=yes", see
	// systemd.exec(5) and systemd.resource-control(5). Otherwise it runs in the cgroup of the guest's SSH server.
	Properties []string

	// Output gets both streams of the command as they come, in place of the result.
	Output io.Writer
}

// Result is what a command printed and its exit code.
type Result struct {
	Stdout, Stderr string
	ExitCode       int
}

// Run runs a command to its end. It fails the test if the command cannot be run, is killed by a signal, or does not end in time.
func (g *Guest) Run(t *testing.T, command Command) Result {
	t.Helper()
	if command.Timeout == 0 {
		command.Timeout = DefaultTimeout
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), command.Timeout) // cleanups run commands too
	defer cancel()
	result, err := g.run(ctx, command)
	if err != nil {
		t.Fatalf("cannot run %q in the guest: %v\n%s%s", command.Args, err, result.Stdout, result.Stderr)
	}
	return result
}

// Output runs a command as root, fails the test if its exit code is not 0, and returns what it printed without the last newline.
func (g *Guest) Output(t *testing.T, args ...string) string {
	t.Helper()
	result := g.Run(t, Command{Args: args})
	if result.ExitCode != 0 {
		t.Fatalf("%q in the guest exits with %d\n%s%s", args, result.ExitCode, result.Stdout, result.Stderr)
	}
	return strings.TrimSuffix(result.Stdout, "\n")
}

func (g *Guest) run(ctx context.Context, command Command) (Result, error) {
	session, err := g.client.NewSession()
	if err != nil {
		return Result{}, err
	}
	defer session.Close()
	stop := context.AfterFunc(ctx, func() { _ = session.Close() })
	defer stop()
	var stdout, stderr bytes.Buffer
	session.Stdin, session.Stdout, session.Stderr = command.Stdin, &stdout, &stderr
	if command.Output != nil {
		session.Stdout, session.Stderr = command.Output, command.Output
	}
	err = session.Run(commandLine(command))
	result := Result{Stdout: stdout.String(), Stderr: stderr.String()}
	if exit, ok := errors.AsType[*ssh.ExitError](err); ok && exit.Signal() == "" {
		result.ExitCode = exit.ExitStatus()
		return result, nil
	}
	if ctx.Err() != nil {
		return result, fmt.Errorf("it did not end within %v", command.Timeout)
	}
	return result, err
}

// commandLine is the command for the login shell of root.
func commandLine(c Command) string {
	words := []string{"cd", quote(cmp.Or(c.Dir, "/")), "&&", "exec"}
	switch {
	case len(c.Properties) > 0:
		words = append(words, "systemd-run", "--quiet", "--pipe", "--wait", "--collect", "--service-type=exec", "--same-dir")
		for _, property := range c.Properties {
			words = append(words, quote("--property="+property))
		}
		if c.User != "" {
			words = append(words, quote("--uid="+c.User))
		}
		words = append(words, "--")
	case c.User != "":
		words = append(words, "setpriv", quote("--reuid="+c.User), quote("--regid="+c.User), "--init-groups", "--")
	}
	words = append(words, "env", "-i", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", quote("HOME="+home(c.User)))
	for _, name := range slices.Sorted(maps.Keys(c.Env)) {
		words = append(words, quote(name+"="+c.Env[name]))
	}
	for _, arg := range c.Args {
		words = append(words, quote(arg))
	}
	return strings.Join(words, " ")
}

func home(user string) string {
	if user == "" || user == "root" {
		return "/root"
	}
	return "/home/" + user
}

// quote makes one word of the shell's.
func quote(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
