package server

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
)

// Security says who may reach the server over TCP. Over a Unix socket everybody may who may open it.
type Security struct {
	// TLS is how TCP listeners are secured: nil for not at all, else made by MutualTLS.
	TLS *tls.Config
	// InsecureLoopback allows TCP listeners on loopback without TLS.
	InsecureLoopback bool
}

// permits refuses listeners that would be open to everybody who can reach them.
func (s Security) permits(address net.Addr) error {
	tcp, isTCP := address.(*net.TCPAddr)
	switch {
	case !isTCP || s.TLS != nil:
		return nil
	case !tcp.IP.IsLoopback():
		return fmt.Errorf("cannot listen on tcp://%s: everybody who can reach it could run commands here; give the daemon a certificate", address)
	case !s.InsecureLoopback:
		return fmt.Errorf("cannot listen on tcp://%s: every user of this host could run commands as the daemon; allow it explicitly, or give the daemon a certificate", address)
	default:
		return nil
	}
}

// MutualTLS returns a configuration with which a server shows a certificate and demands one that the client CA has signed. All
// are paths of PEM files. The certificate is read anew for each connection, so that a renewed one needs no restart.
func MutualTLS(certificate, key, clientCA string) (*tls.Config, error) {
	read := func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return nil, fmt.Errorf("cannot use the daemon's certificate: %w", err)
		}
		return &pair, nil
	}
	if _, err := read(nil); err != nil {
		return nil, err
	}
	pem, err := os.ReadFile(clientCA)
	if err != nil {
		return nil, fmt.Errorf("cannot read the client CA: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, errors.New("cannot use the client CA: " + clientCA + " holds no certificate in PEM")
	}
	return &tls.Config{
		MinVersion: tls.VersionTLS13, GetCertificate: read, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool,
	}, nil
}
