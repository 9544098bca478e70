package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
)

func TestTLS(t *testing.T) {
	t.Parallel()
	certificate, key := writeCertificate(t)
	address := "tcp://" + serveMutualTLS(t, certificate, key)
	none := filepath.Join(t.TempDir(), "none.pem")
	mine := "--tls-cert " + certificate + " --tls-key " + key
	for _, c := range []struct {
		flags string
		code  int
		says  string
	}{
		{"--tls-ca " + certificate + " " + mine, 4, "unknown service"}, // what is there serves health alone, which is all that a connection needs
		{"", 3, "if it demands TLS, give --tls-ca"},
		{mine, 3, "signed by"}, // the system does not know who signed the daemon's
		{"--tls-ca " + none, 2, "no such file"},
		{"--tls-ca " + key, 2, "holds no certificate"},
		{"--tls-cert " + certificate, 2, "cannot use the certificate"},
		{"--address unix:///nowhere --tls-ca " + certificate, 2, "are for tcp:// addresses"},
	} {
		args := append([]string{"--address", address}, strings.Fields(c.flags)...)
		got := command{}.run(append(args, "executions", "list")...)
		if got.code != c.code {
			t.Errorf("with %s: exit code %d, want %d", c.flags, got.code, c.code)
		}
		wants(t, got.stderr, c.says)
	}
}

// serveMutualTLS serves health to whoever shows the certificate, and returns where.
func serveMutualTLS(t *testing.T, certificate, key string) string {
	t.Helper()
	config, err := tlsFiles{ca: certificate, certificate: certificate, key: key}.config()
	if err != nil {
		t.Fatal(err)
	}
	config.ClientAuth, config.ClientCAs = tls.RequireAndVerifyClientCert, config.RootCAs
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.Creds(credentials.NewTLS(config)))
	healthv1.RegisterHealthServer(server, health.NewServer())
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(func() {
		server.Stop()
		serving.Wait()
	})
	return listener.Addr().String()
}

// writeCertificate writes a certificate that has signed itself, for both sides, and its key.
func writeCertificate(t *testing.T) (certificate, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	certificate, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{certificate: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return certificate, key
}
