package server

import (
	"errors"
	"net"

	"golang.org/x/sys/unix"
)

// peerUID returns the user that opened the other end of a Unix socket, as the kernel noted it then.
func peerUID(conn *net.UnixConn) (uint32, error) {
	credentials, err := peerCredentials(conn)
	if err != nil {
		return 0, err
	}
	return credentials.Uid, nil
}

// isDead tells whether the process that listens at the other end of a Unix socket is known to have died. A child that it was just
// starting may hold the socket open for some milliseconds more.
func isDead(conn net.Conn) bool {
	socket, ok := conn.(*net.UnixConn)
	if !ok {
		return false
	}
	credentials, err := peerCredentials(socket)
	return err == nil && credentials.Pid > 0 && errors.Is(unix.Kill(int(credentials.Pid), 0), unix.ESRCH)
}

func peerCredentials(conn *net.UnixConn) (*unix.Ucred, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	var (
		credentials *unix.Ucred
		failure     error
	)
	err = raw.Control(func(fd uintptr) {
		credentials, failure = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	return credentials, errors.Join(err, failure)
}
