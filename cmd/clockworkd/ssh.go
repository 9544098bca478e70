package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"go.uber.org/zap"

	"github.com/clockworkd/clockwork/internal/config"
	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/ssh"
	"github.com/clockworkd/clockwork/internal/runners/ssh/login"
	"github.com/clockworkd/clockwork/internal/runners/ssh/trust"
)

// sshKeys are the options that only runners of type ssh have.
type sshKeys struct {
	Hostname        string        `yaml:"hostname"`
	Port            int           `yaml:"port"`
	Username        string        `yaml:"username"`
	PrivateKeyPath  string        `yaml:"private_key_path"`
	CertificatePath string        `yaml:"certificate_path"`
	KeyPassphrase   config.Secret `yaml:"key_passphrase"`
	Password        config.Secret `yaml:"password"`
	// SSHAgent is the path of an ssh-agent's socket.
	SSHAgent            string        `yaml:"ssh_agent"`
	ProxyJump           []string      `yaml:"proxy_jump"`
	KnownHosts          string        `yaml:"known_hosts"`
	SSHConfig           string        `yaml:"ssh_config"`
	HostKeyVerification trust.Mode    `yaml:"host_key_verification"`
	ConnectTimeout      time.Duration `yaml:"connect_timeout"`
	Keepalive           sshKeepalive  `yaml:"keepalive"`
	MaxConnections      int           `yaml:"max_connections"`
	RemoteWorkDir       string        `yaml:"remote_work_dir"`
	CleanupOnExit       bool          `yaml:"cleanup_on_exit"`
}

type sshKeepalive struct {
	Interval time.Duration `yaml:"interval"`
	Timeout  time.Duration `yaml:"timeout"`
}

// sshDefaults are the options of a runner that sets none. A peer that is gone is found out within 10 s.
func sshDefaults() sshKeys {
	return sshKeys{
		SSHAgent: os.Getenv("SSH_AUTH_SOCK"), HostKeyVerification: trust.Strict, ConnectTimeout: 10 * time.Second,
		Keepalive: sshKeepalive{Interval: 5 * time.Second, Timeout: 5 * time.Second}, MaxConnections: 4,
		RemoteWorkDir: ".clockwork", CleanupOnExit: true,
	}
}

func checkSSH(r config.Runner) error {
	keys := sshDefaults()
	if err := r.Decode(&keys); err != nil {
		return err
	}
	var faults []error
	for name, secret := range map[string]config.Secret{"key_passphrase": keys.KeyPassphrase, "password": keys.Password} {
		if err := secret.Check(); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
		}
	}
	if !r.AllowNetwork || !r.AllowFileWrite || r.ResourceLimits != (config.ResourceLimits{}) {
		faults = append(faults, errors.New("cannot enforce allow_network: false, allow_file_write: false or resource_limits on another host; "+
			"remove them, or use a runner of another type"))
	}
	_, err := keys.target().Way(context.Background(), zap.NewNop())
	options := keys.options()
	options.Host = keys.Hostname
	return errors.Join(append(faults, err, options.Check())...)
}

func buildSSH(r config.Runner, h host) (runners.Driver, error) {
	keys := sshDefaults()
	if err := r.Decode(&keys); err != nil {
		return nil, err
	}
	log := h.log.With(zap.String("runner", r.Name))
	way, err := keys.target().Way(context.Background(), log)
	if err != nil {
		return nil, err
	}
	o := keys.options()
	o.RunnerName, o.DaemonID, o.Secret, o.Agents, o.Log = r.Name, h.id, h.key, h.agents, log
	o.Host, o.Way = keys.Hostname, way
	return ssh.New(o)
}

func (k sshKeys) target() ssh.Target {
	return ssh.Target{
		Hostname: k.Hostname, Port: k.Port, Username: k.Username,
		PrivateKeyPath: k.PrivateKeyPath, CertificatePath: k.CertificatePath,
		KeyPassphrase: secret(k.KeyPassphrase), Password: secret(k.Password), AgentSocket: k.SSHAgent,
		ProxyJump: k.ProxyJump, KnownHosts: k.KnownHosts, SSHConfig: k.SSHConfig, HostKeyVerification: k.HostKeyVerification,
	}
}

func (k sshKeys) options() ssh.Options {
	return ssh.Options{
		ConnectTimeout: k.ConnectTimeout, KeepaliveInterval: k.Keepalive.Interval, KeepaliveTimeout: k.Keepalive.Timeout,
		MaxConnections: k.MaxConnections, WorkDir: k.RemoteWorkDir, CleanupOnExit: k.CleanupOnExit,
	}
}

// secret returns how a secret is read; nil where there is none.
func secret(s config.Secret) login.Secret {
	if s.IsZero() {
		return nil
	}
	return s.Read
}
