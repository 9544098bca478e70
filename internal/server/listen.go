package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/coreos/go-systemd/v22/activation"
	"golang.org/x/sys/unix"
)

// socketMode lets the daemon's group in: opening the socket is the right to use the daemon.
const socketMode = 0o660

// probeTimeout is how long a socket that may be stale has to accept a connection.
const probeTimeout = time.Second

// Activated returns the listeners that systemd opened for this process (socket activation). There may be none.
func Activated() ([]net.Listener, error) {
	listeners, err := activation.Listeners()
	if err != nil {
		return nil, fmt.Errorf("cannot use the sockets that systemd passed: %w", err)
	}
	for i, listener := range listeners {
		if listener == nil {
			return nil, fmt.Errorf("cannot use socket %d that systemd passed: it is not a stream that listens", i)
		}
	}
	return listeners, nil
}

// Listen opens "unix", with the path of a socket, or "tcp", with host:port. A socket that a dead daemon left behind is
// replaced; one that somebody listens on, and what is not a socket, stays. Closing the listener removes the socket.
func Listen(ctx context.Context, network, address string) (net.Listener, error) {
	config := net.ListenConfig{}
	if network == "unix" {
		if err := removeStale(ctx, address); err != nil {
			return nil, err
		}
		config.Control = restrict
	}
	listener, err := config.Listen(ctx, network, address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen on %s://%s: %w%s", network, address, err, remedyFor(err))
	}
	if network == "unix" {
		// The umask may have taken away more than restrict did.
		if err := os.Chmod(address, socketMode); err != nil {
			return nil, errors.Join(fmt.Errorf("cannot open the socket to its group: %w", err), listener.Close())
		}
	}
	return listener, nil
}

// remedyFor says what to do about an address that cannot be listened on, for the usual reasons (bind(2)).
func remedyFor(err error) string {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "; another program does: stop that one, or choose another address"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "; this host does not have that address: choose one that it has"
	case errors.Is(err, fs.ErrPermission):
		return "; choose a directory that this user may write to, or a port from 1024"
	case errors.Is(err, fs.ErrNotExist):
		return "; make the directory of the socket, or choose another one"
	default:
		return ""
	}
}

// restrict narrows a socket before it is bound to its path (the kernel takes the mode over), so that there is no moment in which everybody
// could open it.
func restrict(_, _ string, conn syscall.RawConn) error {
	var failure error
	err := conn.Control(func(fd uintptr) { failure = unix.Fchmod(int(fd), socketMode) })
	return errors.Join(err, failure)
}

// removeStale removes a socket on which nobody listens.
func removeStale(ctx context.Context, path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("cannot listen on unix://%s: %w", path, err)
	case info.Mode().Type() != fs.ModeSocket:
		return fmt.Errorf("cannot listen on unix://%s: there is something else than a socket; remove it, or choose another path", path)
	}
	dialer := net.Dialer{Timeout: probeTimeout}
	conn, err := dialer.DialContext(ctx, "unix", path)
	if err == nil {
		defer conn.Close()
		if !isDead(conn) {
			return fmt.Errorf("cannot listen on unix://%s: another daemon does; stop that one, or choose another path", path)
		}
	} else if !errors.Is(err, syscall.ECONNREFUSED) {
		return fmt.Errorf("cannot listen on unix://%s: cannot tell whether another daemon does: %w", path, err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("cannot remove the socket that a dead daemon left behind: %w", err)
	}
	return nil
}
