package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

func newDoctor(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Find out what is wrong, and say what to do about it",
		Long: `Find out what is wrong, and say what to do about it.

It looks at the client, at the way to the daemon, at the daemon with its configuration, directories, disks, journal and
queue, and has each runner go the way that an execution goes. A finding is ok, a warning (it works, with less than there
could be, or not for much longer) or a problem, and what is not ok has a remedy. What a runner could do and does not is
no warning, for it is to be asked for; how is told by: clockworkctl runners check. It starts no daemon: where none runs,
it says what can be said without.

-o json prints one document: problems and warnings, their numbers, and findings (area: client, daemon or runner; runner,
its name; name, state, detail, remedy). -o jsonl prints a finding a line.

The exit code is 0 if there is no problem, 3 if the daemon at the address cannot be reached, else 4.`,
		Example: `  clockworkctl doctor
  clockworkctl doctor -o json | jq -r '.findings[] | select(.state == "problem") | .detail + "; " + .remedy'`,
		Args: arguments(),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.doctor(cmd.Context())
		},
	}
}

func (a *app) doctor(ctx context.Context) error {
	e := &examination{app: a}
	code := exitError
	if c := e.client(ctx); c != nil {
		defer c.Close()
		e.daemon(ctx, c)
		e.runners(ctx, c)
	} else {
		code = exitUnreachable
	}
	if err := a.show(render.Doctor(e.findings)); err != nil {
		return err
	}
	for _, f := range e.findings {
		if f.GetState() == clockworkv1.FindingState_FINDING_STATE_PROBLEM {
			return outcome(code)
		}
	}
	return nil
}

// The areas of findings.
const (
	areaClient = "client"
	areaDaemon = "daemon"
	areaRunner = "runner"
)

// examination is what doctor has found so far.
type examination struct {
	app      *app
	findings []render.Finding
}

func (e *examination) add(area string, findings ...*clockworkv1.DaemonFinding) {
	for _, f := range findings {
		e.findings = append(e.findings, render.Finding{Area: area, DaemonFinding: f})
	}
}

// isOwn tells whether an address is that of the user's own daemon.
func isOwn(address string) bool {
	own, err := client.UserAddress()
	return err == nil && own == address
}
