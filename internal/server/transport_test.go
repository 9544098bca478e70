package server

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.uber.org/zap"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// principalOverTCP serves on loopback and returns who the executor thinks calls.
func principalOverTCP(t *testing.T, security Security, client credentials.TransportCredentials) (string, error) {
	t.Helper()
	d := &daemon{executor: &fakeExecutor{}, journal: newFakeJournal()}
	var caller string
	d.executor.cancel = func(_, principal, _ string) error {
		caller = principal
		return nil
	}
	listener, err := Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d.start(t, Options{Executor: d.executor, Journal: d.journal, Runners: registryOf(t, "", &fakeDriver{}), Log: zap.NewNop(), Security: security}, listener)
	d.dial(t, listener.Addr().String(), client)
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	_, err = d.CancelExecution(ctx, &clockworkv1.CancelExecutionRequest{ExecutionId: "x1"})
	return caller, err
}

func TestPrincipalOverLoopback(t *testing.T) {
	t.Parallel()
	caller, err := principalOverTCP(t, Security{InsecureLoopback: true}, insecure.NewCredentials())
	if err != nil || caller != "tcp:anonymous@127.0.0.1" {
		t.Errorf("called as %q, %v", caller, err)
	}
}

func TestPrincipalByCertificate(t *testing.T) {
	t.Parallel()
	ca := newAuthority(t)
	config, err := MutualTLS(ca.issue(t, "server", x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}))
	if err != nil {
		t.Fatal(err)
	}
	spiffe := &url.URL{Scheme: "spiffe", Host: "example", Path: "/ci"}
	for name, c := range map[string]struct {
		certificate x509.Certificate
		want        string
	}{
		"uri":    {x509.Certificate{URIs: []*url.URL{spiffe}, DNSNames: []string{"ci.example"}}, "tls:spiffe://example/ci"},
		"dns":    {x509.Certificate{DNSNames: []string{"ci.example"}, Subject: pkix.Name{CommonName: "ci"}}, "tls:ci.example"},
		"mail":   {x509.Certificate{EmailAddresses: []string{"ci@example"}, Subject: pkix.Name{CommonName: "ci"}}, "tls:ci@example"},
		"common": {x509.Certificate{Subject: pkix.Name{CommonName: "ci"}}, "tls:ci"},
		"nobody": {x509.Certificate{}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			certificate, key, _ := ca.issue(t, name, c.certificate)
			pair, err := tls.LoadX509KeyPair(certificate, key)
			if err != nil {
				t.Fatal(err)
			}
			caller, err := principalOverTCP(t, Security{TLS: config}, credentials.NewTLS(&tls.Config{RootCAs: ca.pool, Certificates: []tls.Certificate{pair}}))
			if caller != c.want || (err == nil) != (c.want != "") {
				t.Errorf("called as %q, %v; want %q", caller, err, c.want)
			}
		})
	}
}

func TestTLSNeedsAClientCertificate(t *testing.T) {
	t.Parallel()
	ca, other := newAuthority(t), newAuthority(t)
	config, err := MutualTLS(ca.issue(t, "server", x509.Certificate{IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}))
	if err != nil {
		t.Fatal(err)
	}
	certificate, key, _ := other.issue(t, "stranger", x509.Certificate{Subject: pkix.Name{CommonName: "stranger"}})
	stranger, err := tls.LoadX509KeyPair(certificate, key)
	if err != nil {
		t.Fatal(err)
	}
	for name, client := range map[string]credentials.TransportCredentials{
		"none":      credentials.NewTLS(&tls.Config{RootCAs: ca.pool}),
		"another's": credentials.NewTLS(&tls.Config{RootCAs: ca.pool, Certificates: []tls.Certificate{stranger}}),
		"no TLS":    insecure.NewCredentials(),
	} {
		caller, err := principalOverTCP(t, Security{TLS: config}, client)
		if wantCode(t, err, codes.Unavailable); caller != "" {
			t.Errorf("%s: called as %q", name, caller)
		}
	}
}

func TestMutualTLSNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	certificate, key, authority := newAuthority(t).issue(t, "server", x509.Certificate{})
	for name, paths := range map[string][3]string{
		"certificate": {"/no/such", key, authority},
		"client CA":   {certificate, key, "/no/such"},
		"PEM":         {certificate, key, os.DevNull},
	} {
		if _, err := MutualTLS(paths[0], paths[1], paths[2]); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// authority signs certificates for tests.
type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	pool        *x509.CertPool
	path        string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	a := &authority{pool: x509.NewCertPool()}
	a.certificate = &x509.Certificate{IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	a.path, _ = a.write(t, "ca", a.certificate)
	a.pool.AddCert(a.certificate)
	return a
}

// issue returns the paths of a certificate, its key and the authority's own certificate.
func (a *authority) issue(t *testing.T, name string, template x509.Certificate) (certificate, key, ca string) {
	t.Helper()
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}
	certificate, key = a.write(t, name, &template)
	return certificate, key, a.path
}

// write signs a template, by itself if there is no key of the authority yet.
func (a *authority) write(t *testing.T, name string, template *x509.Certificate) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber, template.NotBefore, template.NotAfter = big.NewInt(1), time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	if a.key == nil {
		a.key = private
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.certificate, private.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	*template = *parsed
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certificate, key = filepath.Join(dir, name+".pem"), filepath.Join(dir, name+".key")
	for path, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: encoded}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificate, key
}
