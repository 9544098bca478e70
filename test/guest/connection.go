package guest

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// Variable names the environment variable with the folder of the guest; test/env vars prints it.
const Variable = "CLOCKWORK_TEST_GUEST"

// dialTimeout is for a guest on a busy machine.
const dialTimeout = time.Minute

// Guest is the running machine.
type Guest struct {
	dir    string
	client *ssh.Client
}

// Connect returns the guest, or ends the test if there is none. All tests of a process share one connection.
func Connect(t *testing.T) *Guest {
	t.Helper()
	if os.Getenv(Variable) == "" {
		harness.Missing(t, `needs a machine with systemd and cgroup v2: run test/env up guest, then eval "$(test/env vars)"`)
	}
	g, err := connection()
	if err != nil {
		t.Fatalf("cannot reach the guest: %v; test/env up guest starts one that does not answer again", err)
	}
	return g
}

var connection = sync.OnceValues(func() (*Guest, error) {
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	defer cancel()
	dir := os.Getenv(Variable)
	client, err := dial(ctx, dir)
	if err != nil {
		return nil, err
	}
	return &Guest{dir: dir, client: client}, nil
})

// dial logs in as root, with what test/backends/guest.sh left in the guest's folder.
func dial(ctx context.Context, dir string) (*ssh.Client, error) {
	key, err := os.ReadFile(filepath.Join(dir, "key"))
	if err != nil {
		return nil, err
	}
	signer, err := ssh.ParsePrivateKey(key)
	if err != nil {
		return nil, err
	}
	line, err := os.ReadFile(filepath.Join(dir, "hostkey"))
	if err != nil {
		return nil, err
	}
	hostKey, _, _, _, err := ssh.ParseAuthorizedKey(line)
	if err != nil {
		return nil, err
	}
	port, err := os.ReadFile(filepath.Join(dir, "port"))
	if err != nil {
		return nil, err
	}
	address := net.JoinHostPort("127.0.0.1", strings.TrimSpace(string(port)))
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() }) // the handshake knows no context
	defer stop()
	transport, channels, requests, err := ssh.NewClientConn(conn, address, &ssh.ClientConfig{
		User: "root", Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)},
		HostKeyCallback: ssh.FixedHostKey(hostKey), HostKeyAlgorithms: []string{hostKey.Type()},
	})
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return ssh.NewClient(transport, channels, requests), nil
}
