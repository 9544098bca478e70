package config

import (
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/clockworkd/clockwork/internal/userdirs"
)

// Address is where a server listens, written unix:///path or tcp://host:port.
type Address struct {
	// Network is "unix" or "tcp".
	Network string
	// Address is an absolute path of at most 99 bytes, or host:port.
	Address string
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *Address) UnmarshalText(text []byte) error {
	network, address, _ := strings.Cut(string(text), "://")
	var err error
	switch network {
	case "unix":
		err = checkSocketPath(address)
	case "tcp":
		err = checkHostPort(address)
	default:
		err = errors.New("it begins with neither unix:// nor tcp://")
	}
	if err != nil {
		return fmt.Errorf("%q is not an address such as unix:///run/clockwork/clockworkd.sock or tcp://127.0.0.1:7000: %w", text, err)
	}
	*a = Address{Network: network, Address: address}
	return nil
}

func checkSocketPath(path string) error {
	switch {
	case !filepath.IsAbs(path):
		return errors.New("the path of a socket is absolute, so there are three slashes after the colon")
	case strings.ContainsRune(path, 0):
		return errors.New("a path holds no NUL")
	case len(path) > userdirs.MaxSocketPath:
		return fmt.Errorf("the path of a socket has at most %d bytes, this one has %d", userdirs.MaxSocketPath, len(path))
	}
	return nil
}

func checkHostPort(address string) error {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return errors.New("tcp needs a host and a port")
	}
	if host == "" {
		return errors.New("tcp needs a host; 0.0.0.0 stands for all of this machine's addresses")
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return errors.New("a port is a number from 0 to 65535")
	}
	return nil
}

// IsZero tells whether nothing was configured.
func (a Address) IsZero() bool { return a == Address{} }

// IsLoopback tells whether only this machine can reach a TCP address. A name other than localhost may resolve to anything.
func (a Address) IsLoopback() bool {
	host, _, err := net.SplitHostPort(a.Address)
	if a.Network != "tcp" || err != nil {
		return false
	}
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// String returns the address as it is written; the zero value is empty.
func (a Address) String() string {
	if a.IsZero() {
		return ""
	}
	return a.Network + "://" + a.Address
}
