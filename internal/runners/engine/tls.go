package engine

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// TLS is what is shown to an engine, and what it has to show, as paths of PEM files.
type TLS struct {
	CA          string `yaml:"ca"`
	Certificate string `yaml:"certificate"`
	Key         string `yaml:"key"`
}

func (t TLS) check() error {
	if t == (TLS{}) || t.CA != "" && t.Certificate != "" && t.Key != "" {
		return nil
	}
	return errors.New("tls: ca, certificate and key are given together or not at all")
}

// OrEnvironment returns what the environment says where nothing is set, as the Docker CLI does: docs.docker.com/engine/security/protect-access,
// "Secure by default".
func (t TLS) OrEnvironment() TLS {
	if t != (TLS{}) || os.Getenv("DOCKER_TLS_VERIFY") == "" {
		return t
	}
	dir := os.Getenv("DOCKER_CERT_PATH")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return t
		}
		dir = filepath.Join(home, ".docker")
	}
	return TLS{CA: filepath.Join(dir, "ca.pem"), Certificate: filepath.Join(dir, "cert.pem"), Key: filepath.Join(dir, "key.pem")}
}

// config reads the files.
func (t TLS) config(serverName string) (*tls.Config, error) {
	ca, err := os.ReadFile(t.CA)
	if err != nil {
		return nil, fmt.Errorf("cannot read who signs the engine's certificate: %w", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(ca) {
		return nil, fmt.Errorf("cannot read who signs the engine's certificate: %s holds none", t.CA)
	}
	own, err := tls.LoadX509KeyPair(t.Certificate, t.Key)
	if err != nil {
		return nil, fmt.Errorf("cannot read the certificate for the engine: %w", err)
	}
	return &tls.Config{RootCAs: pool, Certificates: []tls.Certificate{own}, ServerName: serverName, MinVersion: tls.VersionTLS12}, nil
}
