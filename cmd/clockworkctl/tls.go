package main

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"

	"github.com/spf13/pflag"

	"github.com/clockworkd/clockwork/client"
)

// tlsFiles are the files by which clockworkctl and a daemon at a tcp:// address know each other. All empty: no TLS.
type tlsFiles struct {
	ca, certificate, key string
}

func (f *tlsFiles) flags(flags *pflag.FlagSet) {
	flags.StringVar(&f.ca, "tls-ca", "", "for tcp: the `file` with the certificates that the daemon's is signed by (default: $CLOCKWORK_TLS_CA, else the system's)")
	flags.StringVar(&f.certificate, "tls-cert", "", "for tcp: the `file` with your certificate (default: $CLOCKWORK_TLS_CERT)")
	flags.StringVar(&f.key, "tls-key", "", "for tcp: the `file` with the key of your certificate (default: $CLOCKWORK_TLS_KEY)")
}

// orEnvironment takes what was not given from the environment.
func (f tlsFiles) orEnvironment() tlsFiles {
	return tlsFiles{
		ca:          cmp.Or(f.ca, os.Getenv("CLOCKWORK_TLS_CA")),
		certificate: cmp.Or(f.certificate, os.Getenv("CLOCKWORK_TLS_CERT")),
		key:         cmp.Or(f.key, os.Getenv("CLOCKWORK_TLS_KEY")),
	}
}

// options returns what makes a connection use TLS: nothing for a socket, which is protected by its mode.
func (f tlsFiles) options(address string) ([]client.Option, error) {
	if _, isSocket := client.SocketPath(address); isSocket {
		if f != (tlsFiles{}) {
			return nil, &usageError{message: "--tls-ca, --tls-cert and --tls-key are for tcp:// addresses, not for " + address}
		}
		return nil, nil
	}
	files := f.orEnvironment()
	if files == (tlsFiles{}) {
		return nil, nil
	}
	config, err := files.config()
	if err != nil {
		return nil, &usageError{message: err.Error(), remedy: "give PEM files by --tls-ca, --tls-cert and --tls-key, or CLOCKWORK_TLS_CA, CLOCKWORK_TLS_CERT and CLOCKWORK_TLS_KEY"}
	}
	return []client.Option{client.WithTLS(config)}, nil
}

func (f tlsFiles) config() (*tls.Config, error) {
	config := &tls.Config{MinVersion: tls.VersionTLS13}
	if f.certificate != "" || f.key != "" {
		pair, err := tls.LoadX509KeyPair(f.certificate, f.key)
		if err != nil {
			return nil, fmt.Errorf("cannot use the certificate %q with the key %q: %w", f.certificate, f.key, err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if f.ca == "" {
		return config, nil
	}
	pem, err := os.ReadFile(f.ca)
	if err != nil {
		return nil, fmt.Errorf("cannot read the certificates that the daemon's is signed by: %w", err)
	}
	config.RootCAs = x509.NewCertPool()
	if !config.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("cannot use %s: it holds no certificate", f.ca)
	}
	return config, nil
}
