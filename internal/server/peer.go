package server

import (
	"net"

	"golang.org/x/sys/unix"
)

// peerUID returns the user that opened the other end of a Unix socket, as the kernel noted it then.
func peerUID(conn *net.UnixConn) (uint32, error) {
	raw, err := conn.SyscallConn()
	if err != nil {
		return 0, err
	}
	var (
		credentials *unix.Ucred
		failure     error
	)
	err = raw.Control(func(fd uintptr) {
		credentials, failure = unix.GetsockoptUcred(int(fd), unix.SOL_SOCKET, unix.SO_PEERCRED)
	})
	if err == nil {
		err = failure
	}
	if err != nil {
		return 0, err
	}
	return credentials.Uid, nil
}
