package ssh

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"go.uber.org/zap"

	"github.com/clockworkd/clockwork/internal/runners/ssh/login"
	"github.com/clockworkd/clockwork/internal/runners/ssh/sshconfig"
	"github.com/clockworkd/clockwork/internal/runners/ssh/trust"
)

// Target says where to go and who to be there. What it leaves open, the user's configuration of ssh(1) says.
type Target struct {
	// Hostname is a name or an address, or an alias of that configuration.
	Hostname string
	Port     int
	Username string
	// PrivateKeyPath and CertificatePath are paths of files; ~/ is the daemon's home.
	PrivateKeyPath  string
	CertificatePath string
	KeyPassphrase   login.Secret
	Password        login.Secret
	// AgentSocket is where an ssh-agent listens, if one is to be asked.
	AgentSocket string
	// ProxyJump is the hosts on the way, each as [user@]host[:port] or ssh://[user@]host[:port].
	ProxyJump []string
	// KnownHosts is the path of a file.
	KnownHosts string
	// SSHConfig is the path of a configuration to read in place of the user's and the system's; "none": none.
	SSHConfig string
	// HostKeyVerification is how much the hosts' keys have to be known.
	HostKeyVerification trust.Mode
}

// maxJumps bounds the hosts on the way: a configuration may lead in a circle.
const maxJumps = 8

// Way tells how to get there.
func (t Target) Way(ctx context.Context, log *zap.Logger) (Way, error) {
	if t.Hostname == "" {
		return nil, errors.New("hostname is missing")
	}
	return t.to(ctx, sshconfig.Query{Host: t.Hostname, User: t.Username, Port: t.Port, File: t.SSHConfig}, t.ProxyJump, log, maxJumps)
}

// to returns the way to a host through jumps or, where there are none, through what the configuration says.
func (t Target) to(ctx context.Context, q sshconfig.Query, jumps []string, log *zap.Logger, left int) (Way, error) {
	if left == 0 {
		return nil, fmt.Errorf("cannot reach %s through more than %d hosts: does their ProxyJump lead in a circle?", t.Hostname, maxJumps)
	}
	host, err := sshconfig.Resolve(ctx, q)
	if err != nil {
		return nil, err
	}
	if len(jumps) == 0 {
		jumps = host.ProxyJump
	}
	var way Way
	if last := len(jumps) - 1; last >= 0 {
		jump, err := t.jump(jumps[last])
		if err != nil {
			return nil, err
		}
		if way, err = t.to(ctx, jump, jumps[:last], log, left-1); err != nil {
			return nil, err
		}
	}
	return append(way, t.station(host, log)), nil
}

// jump reads [user@]host[:port] or ssh://[user@]host[:port].
func (t Target) jump(text string) (sshconfig.Query, error) {
	uri := text
	if !strings.HasPrefix(uri, "ssh://") {
		uri = "ssh://" + uri
	}
	parsed, err := url.Parse(uri)
	if err != nil || parsed.Hostname() == "" || strings.Trim(parsed.Path, "/") != "" {
		return sshconfig.Query{}, fmt.Errorf("proxy_jump: %q is not [user@]host[:port]", text)
	}
	port, _ := strconv.Atoi(parsed.Port()) // Parse let pass only digits
	return sshconfig.Query{Host: parsed.Hostname(), User: parsed.User.Username(), Port: port, File: t.SSHConfig}, nil
}

// station adds what this target says to what the configuration says of a host.
func (t Target) station(host sshconfig.Host, log *zap.Logger) Station {
	s := Station{
		Address: net.JoinHostPort(host.HostName, strconv.Itoa(host.Port)), User: host.User, Alias: host.HostKeyAlias,
		Credentials: login.Credentials{Passphrase: t.KeyPassphrase, Password: t.Password, AgentSocket: t.AgentSocket},
		Keys:        trust.Keys{Files: host.KnownHosts, Mode: t.HostKeyVerification, Log: log},
	}
	if t.KnownHosts != "" {
		s.Keys.Files = []string{atHome(t.KnownHosts)}
	}
	switch {
	case host.IdentityAgent == sshconfig.None || host.IdentitiesOnly:
		s.Credentials.AgentSocket = ""
	default:
		s.Credentials.AgentSocket = cmp.Or(host.IdentityAgent, t.AgentSocket)
	}
	if t.PrivateKeyPath != "" {
		s.Credentials.Keys = []login.Key{{Path: atHome(t.PrivateKeyPath), Certificate: atHome(t.CertificatePath)}}
		return s
	}
	for i, file := range host.IdentityFiles {
		key := login.Key{Path: file, Optional: true}
		if i < len(host.CertificateFiles) {
			key.Certificate = host.CertificateFiles[i]
		}
		s.Credentials.Keys = append(s.Credentials.Keys, key)
	}
	return s
}

// atHome replaces ~/ by the daemon's home.
func atHome(path string) string {
	rest, ok := strings.CutPrefix(path, "~/")
	home, err := os.UserHomeDir()
	if !ok || err != nil {
		return path
	}
	return filepath.Join(home, rest)
}
