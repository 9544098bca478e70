package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/userdaemon"
	"github.com/clockworkd/clockwork/internal/diagnosis"
	"github.com/clockworkd/clockwork/internal/userdirs"
	"github.com/clockworkd/clockwork/internal/version"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// diagnoseDeadline bounds how long the daemon may look at itself: a disk that hangs does not end.
const diagnoseDeadline = 30 * time.Second

// daemon looks at the daemon that has answered.
func (e *examination) daemon(ctx context.Context, c *client.Client) {
	ctx, done := context.WithTimeout(ctx, diagnoseDeadline)
	defer done()
	seen, err := c.Diagnose(ctx)
	running := "it answers"
	if pid, err := userdaemon.Pid(ctx, c.Address()); err == nil { // over TCP nobody can tell
		running += fmt.Sprintf(", as process %d", pid)
	}
	if err == nil {
		running += fmt.Sprintf(", and has been running for %s", time.Since(seen.GetStartTime().AsTime()).Round(time.Second))
	}
	e.add(areaDaemon, diagnosis.OK("running", running), compareVersions(c))
	switch {
	case err == nil:
		e.add(areaDaemon, seen.GetFindings()...)
	case status.Code(err) == codes.Unimplemented:
		e.add(areaDaemon, diagnosis.Warning("itself", "it is too old to look at itself", "upgrade the daemon"))
	case errors.Is(err, context.DeadlineExceeded):
		e.add(areaDaemon, diagnosis.Problem("itself", fmt.Sprintf("it has not told within %s how it is: a disk may hang, or it has too much to do", diagnoseDeadline),
			"look at its log, and at the disks of its state and runtime directories"))
	default:
		e.add(areaDaemon, diagnosis.Problem("itself", err.Error(), "look at the daemon's log"))
	}
}

func compareVersions(c *client.Client) *clockworkv1.DaemonFinding {
	const name = "version"
	switch daemon := c.DaemonVersion(); {
	case daemon == version.Version:
		return diagnosis.OK(name, daemon+", as clockworkctl")
	case isOwn(c.Address()):
		return diagnosis.Warning(name, fmt.Sprintf("%s, but clockworkctl is %s", daemon, version.Version),
			"run clockworkctl daemon start, which replaces it when it is idle")
	default:
		return diagnosis.Warning(name, fmt.Sprintf("%s, but clockworkctl is %s", daemon, version.Version), "install the same version of both")
	}
}

// unreachable says what can be said of a daemon that has not answered.
func (e *examination) unreachable(address string, err error) {
	if !isOwn(address) || !errors.Is(err, client.ErrUnreachable) || mayNotOpen(err) {
		failure := e.app.failureOf(err)
		e.add(areaDaemon, diagnosis.Problem("running", failure.Message, cmp.Or(failure.Remedy, "look at the daemon's log")))
		return
	}
	e.add(areaDaemon, diagnosis.Warning("running", "none runs; whatever needs one starts it",
		"run clockworkctl daemon start, then this again, for all that only a daemon can tell"))
	state, err := userdirs.StateDir()
	if err != nil {
		e.add(areaDaemon, diagnosis.Problem("state_dir", err.Error(), "set HOME or XDG_STATE_HOME"))
	} else {
		e.add(areaDaemon, lookAtDirectory("state_dir", state))
	}
	socket, _ := client.SocketPath(address)
	e.add(areaDaemon, lookAtDirectory("runtime_dir", filepath.Dir(socket)))
}

// lookAtDirectory looks at a directory of the user's own daemon, which makes it at its first start.
func lookAtDirectory(name, path string) *clockworkv1.DaemonFinding {
	if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
		return diagnosis.OK(name, path+", not made yet")
	}
	return diagnosis.Directory(name, name, path)
}
