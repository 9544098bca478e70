package ssh

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.uber.org/zap"

	"github.com/clockworkd/clockwork/internal/runners/ssh/trust"
)

// writeConfig writes a configuration of ssh.
func writeConfig(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func (w Way) addresses() []string {
	var all []string
	for _, station := range w {
		all = append(all, station.User+"@"+station.Address)
	}
	return all
}

// The configuration says what the target leaves open.
func TestTargetAndConfiguration(t *testing.T) {
	t.Parallel()
	config := writeConfig(t, `
Match host short user alice
  Port 1111
Host short
  HostName long.example
  User bob
  Port 2222
  IdentityFile ~/of/%r/%h
  HostKeyAlias aliased
  UserKnownHostsFile /known/one /known/two
Host behind
  ProxyJump eve@gate:23,short
Match host by-command exec "test %n = by-command"
  HostName found.example
`)
	home, err := os.UserHomeDir()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		target Target
		want   []string
	}{
		"alias":             {Target{Hostname: "short"}, []string{"bob@long.example:2222"}},
		"what wins":         {Target{Hostname: "short", Username: "carol", Port: 3}, []string{"carol@long.example:3"}},
		"match of the user": {Target{Hostname: "short", Username: "alice"}, []string{"alice@long.example:1111"}},
		"match of a command": {
			Target{Hostname: "by-command", Username: "dan"},
			[]string{"dan@found.example:22"},
		},
		"jumps of the configuration": {
			Target{Hostname: "behind", Username: "dan"},
			[]string{"eve@gate:23", "bob@long.example:2222", "dan@behind:22"},
		},
		"jumps of the target": {
			Target{Hostname: "behind", Username: "dan", ProxyJump: []string{"ssh://frank@[::1]:24"}},
			[]string{"frank@[::1]:24", "dan@behind:22"},
		},
	} {
		c.target.SSHConfig = config
		way, err := c.target.Way(t.Context(), zap.NewNop())
		if err != nil {
			t.Errorf("%s: %v", name, err)
		} else if got := way.addresses(); !slices.Equal(got, c.want) {
			t.Errorf("%s: the way is %q, want %q", name, got, c.want)
		}
	}
	way, err := Target{Hostname: "short", SSHConfig: config}.Way(t.Context(), zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	station := way[0]
	if want := filepath.Join(home, "of/bob/long.example"); len(station.Credentials.Keys) != 1 || station.Credentials.Keys[0].Path != want {
		t.Errorf("the keys are %+v, want %s", station.Credentials.Keys, want)
	}
	if station.Alias != "aliased" || !slices.Equal(station.Keys.Files[:2], []string{"/known/one", "/known/two"}) {
		t.Errorf("the host's key is looked for as %q in %q", station.Alias, station.Keys.Files)
	}
}

func TestTargetsThatLeadNowhere(t *testing.T) {
	t.Parallel()
	config := writeConfig(t, "Host round\n  ProxyJump about\nHost about\n  ProxyJump round\nHost command\n  ProxyCommand nc %h %p\n")
	for want, target := range map[string]Target{
		"hostname is missing":                    {},
		"in a circle":                            {Hostname: "round"},
		"ProxyCommand":                           {Hostname: "command"},
		`"user@" is not [user@]host[:port]`:      {Hostname: "host", ProxyJump: []string{"user@"}},
		`"host:port" is not [user@]host[:port]`:  {Hostname: "host", ProxyJump: []string{"host:port"}},
		"Can't open user config file /no/config": {Hostname: "host", SSHConfig: "/no/config"},
	} {
		if target.SSHConfig == "" {
			target.SSHConfig = config
		}
		if _, err := target.Way(t.Context(), zap.NewNop()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("Way: %v, want %q", err, want)
		}
	}
}

// A host behind another one is reached by an alias alone.
func TestAliasOfTheConfiguration(t *testing.T) {
	t.Parallel()
	s := newSite(t, "line", "plain")
	s.seed(t)
	inner := s.hosts.Servers["inner"]
	known := s.hosts.KnownHosts(t, "inner", inner.Address())
	config := writeConfig(t, fmt.Sprintf("Host gate\n  HostName %s\n  Port %d\n  UserKnownHostsFile %s\n"+
		"Host inside\n  HostName %s\n  Port %d\n  ProxyJump gate\n  UserKnownHostsFile %s\nHost *\n  User %s\n  IdentityFile %s\n",
		hostOf(s.line.Addr()), portOf(s.line.Addr()), s.knownHosts, inner.Host, inner.Port, known, s.hosts.User("plain"), s.hosts.File("id")))
	o := s.options(t, "daemon")
	way, err := Target{Hostname: "inside", SSHConfig: config, HostKeyVerification: trust.Strict}.Way(context.Background(), o.Log)
	if err != nil {
		t.Fatal(err)
	}
	o.Way = way
	d := s.newDriver(t, o)
	defer d.Close()
	if fault := checked(t, d); fault != "" {
		t.Error(fault)
	}
}

func hostOf(address string) string {
	host, _, _ := strings.Cut(address, ":")
	return host
}

func portOf(address string) int {
	var port int
	_, text, _ := strings.Cut(address, ":")
	_, _ = fmt.Sscan(text, &port)
	return port
}
