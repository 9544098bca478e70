package engine

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"net/url"
	"path"
)

// DialHost returns the way to an engine's address:
//
//	unix:///path            a socket on this machine
//	tcp://host:port         another machine; without TLS only where nobody else can reach it
//	ssh://user@host:port    another machine, by the system's ssh, which runs client there to reach the engine: docker or podman
func DialHost(host string, security TLS, client string) (Dialer, error) {
	u, err := url.Parse(host)
	if err != nil {
		return nil, fmt.Errorf("cannot use %q as an engine's address: %w", host, err)
	}
	var dialer net.Dialer
	switch {
	case u.Scheme == "unix" && path.IsAbs(u.Path):
		return func(ctx context.Context) (net.Conn, error) { return dialer.DialContext(ctx, "unix", u.Path) }, nil
	case u.Scheme == "tcp" && u.Port() != "" && security == TLS{}:
		return func(ctx context.Context) (net.Conn, error) { return dialer.DialContext(ctx, "tcp", u.Host) }, nil
	case u.Scheme == "tcp" && u.Port() != "":
		config, err := security.config(u.Hostname())
		if err != nil {
			return nil, err
		}
		secure := tls.Dialer{Config: config}
		return func(ctx context.Context) (net.Conn, error) { return secure.DialContext(ctx, "tcp", u.Host) }, nil
	case u.Scheme == "ssh" && u.Hostname() != "":
		return dialSSH(u, client), nil
	}
	return nil, fmt.Errorf("cannot use %q as an engine's address: it needs unix:///path, tcp://host:port or ssh://user@host", host)
}
