package docker

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/engine"
	"github.com/clockworkd/clockwork/internal/runners/engine/enginetest"
)

// An engine on another machine sees no file of ours, and is reached by one connection after the other.
func TestBySSH(t *testing.T) {
	t.Parallel()
	w := enginetest.NewWorld(t, enginetest.Up(t, "CLOCKWORK_TEST_DOCKER", "docker"), New)
	b := w.Part(t).Box(t, func(o *engine.Options) { o.Settings.Host = "ssh://user@engine.test:2222" })
	if got := b.Succeed(t, "/bin/echo", "text"); got != "text\n" {
		t.Errorf("it printed %q", got)
	}
	err := describe(t, w, func(o *engine.Options) { o.Settings.Host = "ssh://nowhere.test" })
	if !errors.Is(err, runners.ErrTemporary) || !strings.Contains(err.Error(), "Could not resolve hostname nowhere.test") {
		t.Errorf("Describe: %v, want what ssh complains about", err)
	}
}

func TestByTLS(t *testing.T) {
	t.Parallel()
	port := freePort(t)
	server, client := certificates(t)
	own := enginetest.StartDocker(t, "--host", "tcp://127.0.0.1:"+port,
		"--tlsverify", "--tlscacert", server.CA, "--tlscert", server.Certificate, "--tlskey", server.Key)
	w := enginetest.NewWorldAlone(own.Engine, New)
	over := func(o *engine.Options) { o.Settings.Host, o.Settings.TLS = "tcp://127.0.0.1:"+port, client }
	b := w.Part(t).Box(t, over)
	if got := b.Succeed(t, "/bin/echo", "text"); got != "text\n" {
		t.Errorf("it printed %q", got)
	}
	strangers, _ := certificates(t)
	err := describe(t, w, func(o *engine.Options) { over(o); o.Settings.TLS.CA = strangers.CA })
	if err == nil || !strings.Contains(err.Error(), "failed to verify certificate") {
		t.Errorf("Describe: %v, want that the engine is a stranger", err)
	}
}

// describe asks an engine what it can do.
func describe(t *testing.T, w *enginetest.World, change func(*engine.Options)) error {
	t.Helper()
	o := w.Options(t, "daemon")
	change(&o)
	d := w.New(t, o)
	defer d.Close()
	_, err := d.Describe(t.Context())
	return err
}

func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// certificates makes an authority, and what a server and a client show that it has signed.
func certificates(t *testing.T) (server, client engine.TLS) {
	t.Helper()
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	ca := sign(t, authority, authority, key, key)
	issue := func(name string, usage x509.ExtKeyUsage) engine.TLS {
		own, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		certificate := sign(t, &x509.Certificate{
			SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
			ExtKeyUsage: []x509.ExtKeyUsage{usage}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		}, authority, own, key)
		der, err := x509.MarshalPKCS8PrivateKey(own)
		if err != nil {
			t.Fatal(err)
		}
		return engine.TLS{CA: ca, Certificate: certificate, Key: writePEM(t, "PRIVATE KEY", der)}
	}
	return issue("engine", x509.ExtKeyUsageServerAuth), issue("client", x509.ExtKeyUsageClientAuth)
}

func sign(t *testing.T, template, parent *x509.Certificate, own, signer *ecdsa.PrivateKey) (path string) {
	t.Helper()
	der, err := x509.CreateCertificate(rand.Reader, template, parent, own.Public(), signer)
	if err != nil {
		t.Fatal(err)
	}
	return writePEM(t, "CERTIFICATE", der)
}

func writePEM(t *testing.T, kind string, der []byte) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
