package ssh

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/skeema/knownhosts"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	cryptossh "golang.org/x/crypto/ssh"
	xagent "golang.org/x/crypto/ssh/agent"
	xknownhosts "golang.org/x/crypto/ssh/knownhosts"

	"github.com/clockworkd/clockwork/internal/runners/ssh/login"
	"github.com/clockworkd/clockwork/internal/runners/ssh/trust"
)

func known(value string) login.Secret { return func() (string, error) { return value, nil } }

// withKeys are credentials of keys in files of the hosts.
func (s *site) withKeys(names ...string) login.Credentials {
	var c login.Credentials
	for _, name := range names {
		c.Keys = append(c.Keys, login.Key{Path: s.hosts.File(name)})
	}
	return c
}

// serveAgent serves keys as an ssh-agent does, and returns its socket.
func serveAgent(t *testing.T, paths ...string) string {
	t.Helper()
	ring := xagent.NewKeyring()
	for _, path := range paths {
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		key, err := cryptossh.ParseRawPrivateKey(content)
		if err != nil {
			t.Fatal(err)
		}
		if err := ring.Add(xagent.AddedKey{PrivateKey: key}); err != nil {
			t.Fatal(err)
		}
	}
	dir, err := os.MkdirTemp("/tmp", "ssh-") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket := filepath.Join(dir, "agent.sock")
	listener, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			go func() { _ = xagent.ServeAgent(ring, conn) }()
		}
	}()
	return socket
}

// Every way to log in works against a server that allows no other one.
func TestWaysToLogIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		server      string
		credentials func(t *testing.T, s *site) login.Credentials
	}{
		"key": {"main", func(_ *testing.T, s *site) login.Credentials { return s.withKeys("id") }},
		"rsa": {"main", func(_ *testing.T, s *site) login.Credentials { return s.withKeys("rsa") }},
		"encrypted key": {"main", func(_ *testing.T, s *site) login.Credentials {
			c := s.withKeys("encrypted")
			c.Passphrase = known(s.hosts.Password)
			return c
		}},
		"agent": {"main", func(t *testing.T, s *site) login.Credentials {
			t.Helper()
			return login.Credentials{AgentSocket: serveAgent(t, s.hosts.File("other"), s.hosts.File("id"))}
		}},
		"password": {"main", func(_ *testing.T, s *site) login.Credentials {
			return login.Credentials{Password: known(s.hosts.Password)}
		}},
		"keyboard-interactive": {"pam", func(_ *testing.T, s *site) login.Credentials {
			return login.Credentials{Password: known(s.hosts.Password)}
		}},
		"certificate": {"certs", func(_ *testing.T, s *site) login.Credentials { return s.withKeys("certified") }},
		"second key":  {"main", func(_ *testing.T, s *site) login.Credentials { return s.withKeys("other", "id") }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, c.server, "plain")
			o := s.options(t, "daemon")
			o.Way[0].Credentials = c.credentials(t, s)
			d := s.newDriver(t, o)
			defer d.Close()
			if err := d.reach(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// A login that fails says what was tried, or what is missing, and shows no secret.
func TestLoginsThatFail(t *testing.T) {
	t.Parallel()
	const secret = "a-secret-that-nobody-sees"
	for name, c := range map[string]struct {
		server      string
		credentials func(s *site) login.Credentials
		want        string
	}{
		"unknown key":    {"main", func(s *site) login.Credentials { return s.withKeys("other") }, "attempted methods [none publickey]"},
		"no certificate": {"certs", func(s *site) login.Credentials { return s.withKeys("id") }, "attempted methods [none publickey]"},
		"password": {"main", func(*site) login.Credentials {
			return login.Credentials{Password: known(secret)}
		}, "attempted methods [none password]"},
		"keyboard-interactive": {"pam", func(*site) login.Credentials {
			return login.Credentials{Password: known(secret)}
		}, "attempted methods [none keyboard-interactive]"},
		"passphrase": {"main", func(s *site) login.Credentials {
			c := s.withKeys("encrypted")
			c.Passphrase = known(secret)
			return c
		}, "the passphrase does not open it"},
		"no passphrase": {"main", func(s *site) login.Credentials { return s.withKeys("encrypted") }, "give key_passphrase"},
		"no key":        {"main", func(s *site) login.Credentials { return s.withKeys("nothing") }, "no such file"},
		"nothing":       {"main", func(*site) login.Credentials { return login.Credentials{} }, "give private_key_path or password"},
		"no agent": {"main", func(s *site) login.Credentials {
			return login.Credentials{AgentSocket: s.hosts.File("nothing")}
		}, "cannot reach the ssh-agent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, c.server, "plain")
			o := s.options(t, "daemon")
			o.Way[0].Credentials = c.credentials(s)
			core, logged := observer.New(zap.DebugLevel)
			o.Log = zap.New(core)
			d := s.newDriver(t, o)
			defer d.Close()
			fault := checked(t, d)
			if !strings.Contains(fault, c.want) {
				t.Errorf("it says %q, want %q in it", fault, c.want)
			}
			if all := fault + fmt.Sprint(logged.All()); strings.Contains(all, secret) {
				t.Errorf("it shows the secret: %s", all)
			}
		})
	}
}

// A host that has refused is not asked again and again.
func TestNoStormOfLogins(t *testing.T) {
	t.Parallel()
	s := newSite(t, "main", "plain")
	o := s.options(t, "daemon")
	o.Way[0].Credentials = s.withKeys("other")
	d := s.newDriver(t, o)
	defer d.Close()
	for range 50 {
		if err := d.reach(t.Context()); err == nil {
			t.Fatal("it let us in")
		}
	}
	if attempts := s.line.Connections(); attempts != 1 {
		t.Errorf("50 calls made %d attempts, want 1", attempts)
	}
}

// hostKey returns the public key of a server, or of another name in the state.
func (s *site) hostKey(t *testing.T, name string) cryptossh.PublicKey {
	t.Helper()
	content, err := os.ReadFile(s.hosts.File(name + ".pub"))
	if err != nil {
		t.Fatal(err)
	}
	key, _, _, _, err := cryptossh.ParseAuthorizedKey(content)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// Keys of hosts are known by name, by hashed name, by a certificate authority, by an alias.
func TestKnownHosts(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		server, alias string
		line          func(s *site, address string) string
	}{
		"hashed": {"main", "", func(s *site, address string) string {
			return xknownhosts.Line([]string{xknownhosts.HashHostname(knownhosts.Normalize(address))}, s.hostKey(t, "host_main"))
		}},
		"pattern": {"main", "", func(s *site, address string) string {
			_, port, _ := net.SplitHostPort(address)
			return "[127.0.0.*]:" + port + " " + strings.TrimSpace(string(cryptossh.MarshalAuthorizedKey(s.hostKey(t, "host_main"))))
		}},
		"authority": {"certs", "", func(s *site, address string) string {
			return "@cert-authority " + xknownhosts.Line([]string{address}, s.hostKey(t, "host_ca"))
		}},
		"alias": {"main", "of-the-test", func(s *site, _ string) string {
			return xknownhosts.Line([]string{"of-the-test"}, s.hostKey(t, "host_main"))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, c.server, "plain")
			if err := os.WriteFile(s.knownHosts, []byte(c.line(s, s.line.Addr())+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			o := s.options(t, "daemon")
			o.Way[0].Alias = c.alias
			if c.server == "certs" {
				o.Way[0].Credentials = s.withKeys("certified")
			}
			d := s.newDriver(t, o)
			defer d.Close()
			if err := d.reach(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// A key that is not the known one is refused, with the fingerprint and with commands that mend it as they stand.
func TestRemedies(t *testing.T) {
	t.Parallel()
	for name, line := range map[string]func(s *site) string{
		"unknown": func(*site) string { return "" },
		"changed": func(s *site) string { return knownhosts.Line([]string{s.line.Addr()}, s.hostKey(t, "former")) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, "changed", "plain")
			if err := os.WriteFile(s.knownHosts, []byte(line(s)+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			d := s.newDriver(t, s.options(t, "daemon"))
			defer d.Close()
			err := d.reach(t.Context())
			if err == nil || !strings.Contains(err.Error(), cryptossh.FingerprintSHA256(s.hostKey(t, "host_changed"))) {
				t.Fatalf("%v, want a refusal with the fingerprint", err)
			}
			for _, command := range regexp.MustCompile(`(ssh-keygen -R '.*?' -f \S+[^, ]|echo '.*?' >> \S+[^, ;(])`).FindAllString(err.Error(), -1) {
				if output, err := exec.Command("/bin/sh", "-c", command).CombinedOutput(); err != nil {
					t.Errorf("%s: %v: %s", command, err, output)
				}
			}
			d.link.Forgive()
			if err := d.reach(t.Context()); err != nil {
				t.Errorf("after what it says was done: %v", err)
			}
		})
	}
}

// What is relaxed is relaxed, and the log says so.
func TestRelaxedVerification(t *testing.T) {
	t.Parallel()
	for mode, want := range map[trust.Mode]string{trust.AcceptNew: "believed from now on", trust.Off: "not verified"} {
		t.Run(string(mode), func(t *testing.T) {
			t.Parallel()
			s := newSite(t, "main", "plain")
			o := s.options(t, "daemon")
			core, logged := observer.New(zap.WarnLevel)
			file := filepath.Join(t.TempDir(), "new", "known_hosts")
			o.Way[0].Keys = trust.Keys{Files: []string{file}, Mode: mode, Log: zap.New(core)}
			d := s.newDriver(t, o)
			defer d.Close()
			if err := d.reach(t.Context()); err != nil {
				t.Fatal(err)
			}
			if all := fmt.Sprint(logged.All()); !strings.Contains(all, want) {
				t.Errorf("the log says %s, want %q", all, want)
			}
			content, _ := os.ReadFile(file)
			if remembered := bytes.Contains(content, []byte("ssh-ed25519 ")); remembered != (mode == trust.AcceptNew) {
				t.Errorf("the file holds %q", content)
			}
			o.Way[0].Keys.Mode = trust.Strict
			again := s.newDriver(t, o)
			defer again.Close()
			if err := again.reach(t.Context()); (err == nil) != (mode == trust.AcceptNew) {
				t.Errorf("strictly it is %v", err)
			}
		})
	}
}

// A host behind another one is reached through that.
func TestProxyJump(t *testing.T) {
	t.Parallel()
	s := newSite(t, "line", "plain")
	s.seed(t)
	o := s.options(t, "daemon")
	inner := s.hosts.Servers["inner"].Address()
	if _, err := net.Dial("tcp", inner); err == nil {
		t.Fatal("it can be reached directly")
	}
	o.Way = append(o.Way, Station{
		Address: inner, User: s.hosts.User("plain"), Credentials: s.withKeys("id"),
		Keys: trust.Keys{Files: []string{s.hosts.KnownHosts(t, "inner", inner)}, Mode: trust.Strict, Log: o.Log},
	})
	d := s.newDriver(t, o)
	defer d.Close()
	if fault := checked(t, d); fault != "" {
		t.Error(fault)
	}
}
