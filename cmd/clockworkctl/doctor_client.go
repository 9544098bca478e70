package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime"

	"golang.org/x/sys/unix"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/userdaemon"
	"github.com/clockworkd/clockwork/internal/diagnosis"
	"github.com/clockworkd/clockwork/internal/version"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// client looks at clockworkctl and the way to the daemon. It returns a connection, or nil if there is none.
func (e *examination) client(ctx context.Context) *client.Client {
	program, err := os.Executable()
	if err != nil {
		program = "a program that cannot be told"
	}
	e.add(areaClient, diagnosis.OK("version", fmt.Sprintf("%s, %s/%s, %s", version.Version, runtime.GOOS, runtime.GOARCH, program)))
	address, err := e.app.daemonAddress()
	if err != nil {
		e.add(areaClient, diagnosis.Problem("address", err.Error(), "name the daemon by --address or "+client.AddressVariable))
		return nil
	}
	c, err := e.app.dial(ctx, address)
	if errors.Is(err, client.ErrAddress) {
		e.add(areaClient, diagnosis.Problem("address", err.Error()+", "+e.app.addressSource(), "give unix:///absolute/path or tcp://host:port"))
		return nil
	}
	e.add(areaClient, diagnosis.OK("address", address+", "+e.app.addressSource()))
	if path, isSocket := client.SocketPath(address); isSocket {
		e.add(areaClient, lookAtSocket(path))
	} else {
		e.add(areaClient, e.app.lookAtTLS(address))
	}
	if isOwn(address) {
		e.add(areaClient, lookAtProgram(c != nil), lookAtLog())
	}
	if err != nil {
		e.unreachable(address, err)
		return nil
	}
	return c
}

// addressSource says how the address was found.
func (a *app) addressSource() string {
	switch {
	case a.address != "":
		return "from --address"
	case a.givenAddress() != "":
		return "from " + client.AddressVariable
	default:
		return "your own daemon's: neither --address nor " + client.AddressVariable + " names another one"
	}
}

func lookAtSocket(path string) *clockworkv1.DaemonFinding {
	const name = "socket"
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return diagnosis.OK(name, "there is none: a daemon makes it when it starts")
	case errors.Is(err, fs.ErrPermission):
		return diagnosis.Problem(name, err.Error(), mayOpen(path))
	case err != nil:
		return diagnosis.Problem(name, err.Error(), remedyUnreachable)
	case info.Mode().Type() != fs.ModeSocket:
		return diagnosis.Problem(name, path+" is not a socket", "move it away, or give the right address")
	}
	detail := fmt.Sprintf("mode %04o, of %s", info.Mode().Perm(), diagnosis.Owner(info))
	switch {
	case unix.Access(path, unix.W_OK) != nil:
		return diagnosis.Problem(name, detail+": you may not open it", mayOpen(path))
	case info.Mode().Perm()&0o002 != 0:
		return diagnosis.Warning(name, detail+": everybody on this host may use the daemon, with its rights", "run chmod o-rwx "+path)
	default:
		return diagnosis.OK(name, detail)
	}
}

func (a *app) lookAtTLS(address string) *clockworkv1.DaemonFinding {
	const name = "tls"
	options, err := a.tls.options(address)
	if err != nil {
		return diagnosis.Problem(name, err.Error(), a.failureOf(err).Remedy)
	}
	if len(options) == 0 {
		return diagnosis.OK(name, "none: no --tls-ca, --tls-cert and --tls-key; a daemon takes that on loopback alone, where its configuration allows it")
	}
	files := a.tls.orEnvironment()
	return diagnosis.OK(name, fmt.Sprintf("certificate %q, daemons signed by %q", files.certificate, files.ca))
}

// lookAtProgram looks for the daemon that would be started.
func lookAtProgram(running bool) *clockworkv1.DaemonFinding {
	const name = "clockworkd"
	program, err := userdaemon.Program()
	switch {
	case err == nil:
		return diagnosis.OK(name, program)
	case running:
		return diagnosis.Warning(name, err.Error(), "install clockworkd beside clockworkctl, so that your daemon can be started again")
	default:
		return diagnosis.Problem(name, err.Error(), "install clockworkd beside clockworkctl or in PATH, or name a daemon that runs, by --address")
	}
}

// lookAtLog says where the user's own daemon writes its log.
func lookAtLog() *clockworkv1.DaemonFinding {
	const name = "log"
	path, err := userdaemon.LogPath()
	if err != nil {
		return diagnosis.Problem(name, err.Error(), "set HOME or XDG_STATE_HOME")
	}
	info, err := os.Stat(path)
	if err != nil {
		return diagnosis.OK(name, path+", not written yet")
	}
	return diagnosis.OK(name, path+", "+diagnosis.Size(uint64(info.Size())))
}
