package engine

import (
	"fmt"
	"net"
	"strconv"

	"github.com/docker/go-connections/nat"
)

// Port is a port in the container, such as 80/tcp.
type Port nat.Port

// UnmarshalText reads a number that /tcp or /udp may follow.
func (p *Port) UnmarshalText(text []byte) error {
	protocol, number := nat.SplitProtoPort(string(text))
	port, err := nat.NewPort(protocol, number)
	if err != nil || port.Int() < 1 || (protocol != "tcp" && protocol != "udp") {
		return fmt.Errorf("%q is not a port: write 80 or 53/udp", text)
	}
	*p = Port(port)
	return nil
}

// parseBinding reads a port of the host. Without an address it is open to this machine alone.
func parseBinding(text string) (nat.PortBinding, error) {
	address, port, err := net.SplitHostPort(text)
	if err != nil {
		address, port = "127.0.0.1", text
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil || net.ParseIP(address) == nil {
		return nat.PortBinding{}, fmt.Errorf("%q is not a port of the host: write 8080, 0 for any, or 0.0.0.0:8080", text)
	}
	return nat.PortBinding{HostIP: address, HostPort: port}, nil
}

// ports are the published ports in the words of the engine.
func (s Settings) ports() (nat.PortSet, nat.PortMap) {
	if len(s.Ports) == 0 {
		return nil, nil
	}
	exposed, published := make(nat.PortSet), make(nat.PortMap)
	for host, port := range s.Ports {
		binding, err := parseBinding(host)
		if err != nil { // Check lets none pass
			continue
		}
		inside := nat.Port(port)
		exposed[inside] = struct{}{}
		published[inside] = append(published[inside], binding)
	}
	return exposed, published
}
