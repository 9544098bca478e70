package sshhosts

import (
	"crypto/rand"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// Hosts is all servers.
type Hosts struct {
	// State is the directory with keys: id, rsa, encrypted (whose passphrase is Password), certified, other (which nobody knows).
	State string `json:"state"`
	// Homes is the directory of the users' homes, by the names that User takes.
	Homes    string `json:"homes"`
	Users    string `json:"users"`
	Password string `json:"password"`
	// Namespace is that of the servers line and inner; Interface is our end of the way there.
	Namespace string            `json:"namespace"`
	Interface string            `json:"interface"`
	Servers   map[string]Server `json:"servers"`
}

// Server is one sshd.
type Server struct {
	Host string `json:"host"`
	Port int    `json:"port"`
	PID  int    `json:"pid"`
}

// Address returns host:port.
func (s Server) Address() string { return net.JoinHostPort(s.Host, strconv.Itoa(s.Port)) }

// Load returns the hosts that are up. Without any it skips the test, and fails it under CLOCKWORK_TEST_STRICT.
func Load(tb testing.TB) *Hosts {
	tb.Helper()
	path := os.Getenv("CLOCKWORK_TEST_SSH")
	if path == "" {
		message := "it needs SSH servers: run test/env up ssh, and eval \"$(test/env vars)\""
		if os.Getenv("CLOCKWORK_TEST_STRICT") != "" {
			tb.Fatal(message)
		}
		tb.Skip(message)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		tb.Fatal(err)
	}
	h := new(Hosts)
	if err := json.Unmarshal(content, h); err != nil {
		tb.Fatalf("cannot read %s: %v", path, err)
	}
	return h
}

// User returns the login name of a user: plain, slow, tcsh…
func (h *Hosts) User(name string) string { return h.Users + name }

// Home returns a user's home directory.
func (h *Hosts) Home(name string) string { return filepath.Join(h.Homes, name) }

// File returns the path of a file of the state.
func (h *Hosts) File(name string) string { return filepath.Join(h.State, name) }

// KnownHosts returns the path of a file in which a server's key is known under an address, which may be that of a relay to it.
func (h *Hosts) KnownHosts(tb testing.TB, server, address string) string {
	tb.Helper()
	key, err := os.ReadFile(h.File("host_" + server + ".pub"))
	if err != nil {
		tb.Fatal(err)
	}
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		tb.Fatal(err)
	}
	path := filepath.Join(tb.TempDir(), "known_hosts")
	line := "[" + host + "]:" + port + " " + strings.Join(strings.Fields(string(key))[:2], " ") + "\n"
	if err := os.WriteFile(path, []byte(line), 0o600); err != nil {
		tb.Fatal(err)
	}
	return path
}

// Runner returns the configuration of a runner that logs in as the user plain at an address, which leads to a server, and works in a
// directory of its own below the home; and the path of that, which is removed with the test.
func (h *Hosts) Runner(tb testing.TB, server, address string) (runner map[string]any, workDir string) {
	tb.Helper()
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		tb.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		tb.Fatal(err)
	}
	name := "w" + rand.Text()[:8]
	workDir = filepath.Join(h.Home("plain"), name)
	tb.Cleanup(func() {
		if err := os.RemoveAll(workDir); err != nil {
			tb.Error(err)
		}
	})
	return map[string]any{
		"name": "ssh", "type": "ssh", "hostname": host, "port": number, "username": h.User("plain"), "ssh_agent": "",
		"private_key_path": h.File("id"), "known_hosts": h.KnownHosts(tb, server, address), "remote_work_dir": name,
	}, workDir
}
