package ssh

import (
	"cmp"
	"errors"
	"fmt"
	"net"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"

	"go.uber.org/zap"

	"github.com/clockworkd/clockwork/internal/runners/ssh/login"
	"github.com/clockworkd/clockwork/internal/runners/ssh/trust"
)

// Target says where to go and who to be there, as far as somebody said so.
type Target struct {
	Hostname string
	// Port 0 is 22.
	Port int
	// Username is, if empty, that of the daemon's user.
	Username string
	// PrivateKeyPath and CertificatePath are paths of files. Without the former, the keys that ssh(1) would try are tried.
	PrivateKeyPath  string
	CertificatePath string
	KeyPassphrase   login.Secret
	Password        login.Secret
	// AgentSocket is where an ssh-agent listens, if one is to be asked.
	AgentSocket string
	// ProxyJump is the hosts on the way, each as [user@]host[:port].
	ProxyJump []string
	// KnownHosts is the path of a file. Empty: the user's and the system's.
	KnownHosts string
	// HostKeyVerification is how much the hosts' keys have to be known.
	HostKeyVerification trust.Mode
}

// Way tells how to get there.
func (t Target) Way(log *zap.Logger) (Way, error) {
	if t.Hostname == "" {
		return nil, errors.New("hostname is missing")
	}
	keys := trust.Keys{Files: t.knownHosts(), Mode: t.HostKeyVerification, Log: log}
	var way Way
	for _, jump := range t.ProxyJump {
		station, err := t.station(jump)
		if err != nil {
			return nil, err
		}
		station.Keys = keys
		way = append(way, station)
	}
	last := Station{
		Address: net.JoinHostPort(t.Hostname, strconv.Itoa(cmp.Or(t.Port, 22))), User: cmp.Or(t.Username, self()),
		Credentials: t.credentials(), Keys: keys,
	}
	return append(way, last), nil
}

// station reads [user@]host[:port].
func (t Target) station(jump string) (Station, error) {
	name, host, named := strings.Cut(jump, "@")
	if !named {
		name, host = cmp.Or(t.Username, self()), jump
	}
	address := host
	if _, _, err := net.SplitHostPort(host); err != nil {
		address = net.JoinHostPort(strings.Trim(host, "[]"), "22")
	}
	if strings.Trim(host, "[]") == "" || name == "" {
		return Station{}, fmt.Errorf("proxy_jump: %q is not [user@]host[:port]", jump)
	}
	return Station{Address: address, User: name, Credentials: t.credentials()}, nil
}

// credentials are the same for all hosts on the way.
func (t Target) credentials() login.Credentials {
	c := login.Credentials{Passphrase: t.KeyPassphrase, AgentSocket: t.AgentSocket, Password: t.Password}
	if t.PrivateKeyPath != "" {
		c.Keys = []login.Key{{Path: t.PrivateKeyPath, Certificate: t.CertificatePath}}
		return c
	}
	for _, name := range []string{"id_ed25519", "id_ecdsa", "id_rsa"} { // as ssh(1), without what needs a device
		if home, err := os.UserHomeDir(); err == nil {
			c.Keys = append(c.Keys, login.Key{Path: filepath.Join(home, ".ssh", name), Optional: true})
		}
	}
	return c
}

func (t Target) knownHosts() []string {
	if t.KnownHosts != "" {
		return []string{t.KnownHosts}
	}
	const system = "/etc/ssh/ssh_known_hosts"
	if home, err := os.UserHomeDir(); err == nil {
		return []string{filepath.Join(home, ".ssh", "known_hosts"), system}
	}
	return []string{system}
}

// self is the name of the daemon's user.
func self() string {
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}
