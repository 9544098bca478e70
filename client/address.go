package client

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"

	"github.com/clockworkd/clockwork/internal/userdirs"
)

// AddressVariable is the environment variable that names the daemon.
const AddressVariable = "CLOCKWORK_ADDRESS"

const (
	unixScheme = "unix://"
	tcpScheme  = "tcp://"
)

// DefaultAddress is the value of CLOCKWORK_ADDRESS, else the address of the user's own daemon. It fails only if no
// usable path for the user's own socket can be told.
func DefaultAddress() (string, error) {
	if address := os.Getenv(AddressVariable); address != "" {
		return address, nil
	}
	return UserAddress()
}

// UserAddress is the address of the user's own daemon, whatever the environment says of another one.
func UserAddress() (string, error) {
	socket, err := userdirs.Socket()
	if err != nil {
		return "", fmt.Errorf("cannot tell the daemon's address: %w", err)
	}
	return unixScheme + socket, nil
}

// SocketPath returns the path of the socket that an address names, and false if it is not a Unix socket's.
func SocketPath(address string) (string, bool) {
	path, ok := strings.CutPrefix(address, unixScheme)
	return path, ok && filepath.IsAbs(path)
}

// target turns an address into what gRPC dials.
func target(address string) (string, error) {
	if path, ok := SocketPath(address); ok {
		if len(path) > userdirs.MaxSocketPath {
			return "", fmt.Errorf("%w: %q: the path of the socket has %d bytes, at most %d are possible", ErrAddress, address, len(path), userdirs.MaxSocketPath)
		}
		return address, nil
	}
	if hostport, ok := strings.CutPrefix(address, tcpScheme); ok {
		if host, port, err := net.SplitHostPort(hostport); err == nil && host != "" && port != "" {
			return "dns:///" + hostport, nil
		}
	}
	return "", fmt.Errorf("%w: %q; give unix:///absolute/path or tcp://host:port", ErrAddress, address)
}
