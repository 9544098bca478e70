package client_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/client/clienttest"
)

func TestTLS(t *testing.T) {
	t.Parallel()
	certificate, pool := selfSigned(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(grpc.Creds(credentials.NewServerTLSFromCert(&certificate)))
	healthv1.RegisterHealthServer(server, health.NewServer())
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(func() {
		server.Stop()
		serving.Wait()
	})
	address := "tcp://" + listener.Addr().String()

	c, err := client.Dial(t.Context(), address, client.WithTLS(&tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS13}))
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Dial(t.Context(), address); !errors.Is(err, client.ErrUnreachable) {
		t.Fatalf("without TLS: got %v, want ErrUnreachable", err)
	}
	if _, err := client.Dial(t.Context(), address, client.WithTLS(&tls.Config{MinVersion: tls.VersionTLS13})); !errors.Is(err, client.ErrUnreachable) {
		t.Fatalf("with a server that is not trusted: got %v, want ErrUnreachable", err)
	}
}

// A socket is protected by its mode, and no daemon speaks TLS there.
func TestTLSIsForTCP(t *testing.T) {
	t.Parallel()
	daemon := startDaemon(t, clienttest.Options{Version: "v1.2.3"})
	c := dial(t, daemon.Address(), client.WithTLS(&tls.Config{MinVersion: tls.VersionTLS13}))
	if c.DaemonVersion() != "v1.2.3" {
		t.Fatalf("got version %q", c.DaemonVersion())
	}
}

func selfSigned(t *testing.T) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(parsed)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
