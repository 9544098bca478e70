// Command clockwork-agent is the helper in a sandbox. It is started by a driver, not by people.
package main

import (
	"errors"
	"fmt"
	"os"

	"github.com/clockworkd/clockwork/internal/agent/attempt"
	"github.com/clockworkd/clockwork/internal/agent/bridge"
	"github.com/clockworkd/clockwork/internal/agent/hosting"
	"github.com/clockworkd/clockwork/internal/agent/serve"
	"github.com/clockworkd/clockwork/internal/version"
)

const usage = `clockwork-agent is the helper that clockworkd runs in a sandbox.

  clockwork-agent serve            read a launch from standard input, print where the socket is, serve
  clockwork-agent connect SOCKET   carry standard input and output to an agent's socket; exit code 3: there is no agent
  clockwork-agent host             read an order for a host's sandboxes from standard input, follow it
  clockwork-agent confine          read a plan from standard input, print what of it is in force on this machine
  clockwork-agent attempt WHAT …   try to break the sandbox it runs in; exit code 0: it holds
  clockwork-agent version          print the version
`

func main() {
	known, err := run(os.Args[1:])
	switch {
	case !known:
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	case errors.Is(err, bridge.ErrNobody):
		fmt.Fprintln(os.Stderr, "clockwork-agent:", err)
		os.Exit(bridge.ExitNobody)
	case err != nil:
		fmt.Fprintln(os.Stderr, "clockwork-agent:", err)
		os.Exit(1)
	}
}

// run does what the arguments say, if they are known.
func run(args []string) (known bool, err error) {
	switch {
	case len(args) == 1 && args[0] == "serve":
		return true, serve.Run(os.Stdin, os.Stdout)
	case len(args) == 2 && args[0] == "connect":
		return true, bridge.Run(args[1], os.Stdin, os.Stdout)
	case len(args) == 1 && args[0] == "host":
		return true, hosting.Run(os.Stdin, os.Stdout)
	case len(args) == 1 && args[0] == "confine":
		return true, serve.Try(os.Stdin, os.Stdout)
	case len(args) > 2 && args[0] == "attempt":
		return true, attempt.Run(args[1], args[2:])
	case len(args) == 1 && args[0] == "version":
		_, err := fmt.Fprintln(os.Stdout, version.Version)
		return true, err
	}
	return false, nil
}
