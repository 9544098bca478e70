package server

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"

	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/peer"
)

// transport finds out who is at the other end of a new connection, by what the kind of connection offers for that.
type transport struct {
	tls credentials.TransportCredentials // nil where there is no TLS
}

// identity is who is at the other end of a connection.
type identity struct {
	credentials.CommonAuthInfo
	principal string
}

// AuthType implements credentials.AuthInfo.
func (identity) AuthType() string { return "clockwork" }

func newTransport(config *tls.Config) credentials.TransportCredentials {
	if config == nil {
		return &transport{}
	}
	return &transport{tls: credentials.NewTLS(config)}
}

// ServerHandshake implements credentials.TransportCredentials.
func (t *transport) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	if local, ok := conn.(*net.UnixConn); ok {
		uid, err := peerUID(local)
		if err != nil {
			return nil, nil, fmt.Errorf("cannot tell who connects to the socket: %w", err)
		}
		return conn, identified(fmt.Sprintf("uid:%d", uid), credentials.PrivacyAndIntegrity), nil
	}
	if t.tls == nil {
		return conn, identified("tcp:anonymous@"+hostOf(conn.RemoteAddr()), credentials.NoSecurity), nil
	}
	secured, info, err := t.tls.ServerHandshake(conn)
	if err != nil {
		return nil, nil, err
	}
	name, err := certified(info)
	if err != nil {
		return nil, nil, errors.Join(err, secured.Close())
	}
	return secured, identified("tls:"+name, credentials.PrivacyAndIntegrity), nil
}

// certified returns the name that the client's certificate was issued for: its first URI, DNS name or mail address, else its common name.
func certified(info credentials.AuthInfo) (string, error) {
	verified, ok := info.(credentials.TLSInfo)
	if !ok || len(verified.State.VerifiedChains) == 0 {
		return "", errors.New("the client shows no certificate")
	}
	certificate := verified.State.VerifiedChains[0][0]
	switch {
	case len(certificate.URIs) > 0:
		return certificate.URIs[0].String(), nil
	case len(certificate.DNSNames) > 0:
		return certificate.DNSNames[0], nil
	case len(certificate.EmailAddresses) > 0:
		return certificate.EmailAddresses[0], nil
	case certificate.Subject.CommonName != "":
		return certificate.Subject.CommonName, nil
	}
	return "", errors.New("the client's certificate names nobody: it has neither a subject alternative name nor a common name")
}

func identified(principal string, level credentials.SecurityLevel) identity {
	return identity{CommonAuthInfo: credentials.CommonAuthInfo{SecurityLevel: level}, principal: principal}
}

// principal returns who makes a call: "uid:1000" over a Unix socket, "tls:NAME" by certificate, "tcp:anonymous@HOST" otherwise.
func principal(ctx context.Context) string {
	if caller, ok := peer.FromContext(ctx); ok {
		if who, ok := caller.AuthInfo.(identity); ok {
			return who.principal
		}
	}
	return ""
}

func hostOf(address net.Addr) string {
	host, _, err := net.SplitHostPort(address.String())
	if err != nil {
		return address.String()
	}
	return host
}

// ClientHandshake implements credentials.TransportCredentials, which a server shares with clients.
func (*transport) ClientHandshake(context.Context, string, net.Conn) (net.Conn, credentials.AuthInfo, error) {
	return nil, nil, errors.New("cannot dial with the credentials of a server")
}

// Info implements credentials.TransportCredentials.
func (*transport) Info() credentials.ProtocolInfo {
	return credentials.ProtocolInfo{SecurityProtocol: "clockwork"}
}

// Clone implements credentials.TransportCredentials.
func (t *transport) Clone() credentials.TransportCredentials { return &transport{tls: t.tls} }

// OverrideServerName implements credentials.TransportCredentials.
func (*transport) OverrideServerName(string) error { return nil }
