package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"

	"github.com/clockworkd/clockwork/client"
)

const (
	remedyUnreachable = "see whether it runs, and whether the address is right; without --address and CLOCKWORK_ADDRESS your own daemon is used, and started if none runs"
	remedyPlainTCP    = "see whether it runs, and whether the address is right; if it demands TLS, give --tls-ca, --tls-cert and --tls-key"
	remedyTLS         = "see whether it runs, whether the address is right, and whether your certificate and the daemon's are signed by whom the other one trusts"
	remedyNotStarted  = "mend that, or name a daemon that runs, by --address or CLOCKWORK_ADDRESS"
)

// startError says that no daemon answers, and that the user's own could not be started. It is client.ErrUnreachable, too.
type startError struct {
	cause error
}

func (e *startError) Error() string {
	return e.cause.Error()
}

func (e *startError) Unwrap() []error {
	return []error{client.ErrUnreachable, e.cause}
}

// unreachableRemedy is what to do about a daemon that cannot be reached.
func (a *app) unreachableRemedy(err error) string {
	if _, ok := errors.AsType[*startError](err); ok {
		return remedyNotStarted
	}
	address, addressErr := a.daemonAddress()
	socket, isSocket := client.SocketPath(address)
	switch {
	case isSocket && mayNotOpen(err):
		return mayOpen(socket)
	case isSocket || addressErr != nil:
		return remedyUnreachable
	case a.tls.orEnvironment() == tlsFiles{}:
		return remedyPlainTCP
	default:
		return remedyTLS
	}
}

func mayNotOpen(err error) bool {
	return errors.Is(err, fs.ErrPermission)
}

// mayOpen says who may open a socket, for one who may not.
func mayOpen(socket string) string {
	const groupMayWrite = 0o020
	info, err := os.Stat(socket)
	if err != nil {
		return "you may not enter the directory of the socket; ask whoever runs the daemon"
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	if !ok || info.Mode().Perm()&groupMayWrite == 0 {
		return "only the socket's owner may open it; ask whoever runs the daemon"
	}
	group := strconv.FormatUint(uint64(owner.Gid), 10)
	if known, err := user.LookupGroupId(group); err == nil {
		group = known.Name
	}
	return fmt.Sprintf("only the socket's owner and the group %s may open it; have yourself added (usermod -aG %s USER), and log in anew", group, group)
}
