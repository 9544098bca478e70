package sshconfig

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// None is the file that stands for no configuration at all, as for ssh's -F.
const None = "none"

// Query is what is asked about.
type Query struct {
	// Host is the name that the user would give to ssh.
	Host string
	// User and Port are as on the command line of ssh, where they win over the configuration; zero: they are not given.
	User string
	Port int
	// File is a configuration to read in place of the user's and the system's. Empty: those. None: none.
	File string
}

// Host is what the configuration says. Without one it is the query, with ssh's defaults.
type Host struct {
	HostName string
	Port     int
	User     string
	// IdentityFiles and CertificateFiles are absolute paths, which need not exist.
	IdentityFiles    []string
	CertificateFiles []string
	IdentitiesOnly   bool
	// IdentityAgent is the path of an ssh-agent's socket; None where none is to be used; empty where nothing is said.
	IdentityAgent string
	// ProxyJump is the hosts on the way, each as [user@]host[:port] or ssh://[user@]host[:port].
	ProxyJump    []string
	HostKeyAlias string
	// KnownHosts are absolute paths, the user's first.
	KnownHosts []string
}

// timeout bounds what ssh may take to read its files, and to run what follows Match exec.
const timeout = 10 * time.Second

// Resolve asks ssh.
func Resolve(ctx context.Context, q Query) (Host, error) {
	program, err := exec.LookPath("ssh")
	if err != nil {
		if q.File != "" && q.File != None {
			return Host{}, fmt.Errorf("cannot read %s: that takes ssh(1), which is not installed; install OpenSSH's client, or give its options here", q.File)
		}
		return withoutSSH(q), nil
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, q.arguments()...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	output, err := cmd.Output()
	if err != nil {
		return Host{}, fmt.Errorf("cannot learn from ssh -G how to reach %s: %w: %s", q.Host, err, strings.TrimSpace(complaint.String()))
	}
	return read(string(output))
}

func (q Query) arguments() []string {
	args := []string{"-G"}
	if q.File != "" {
		args = append(args, "-F", q.File)
	}
	if q.User != "" {
		args = append(args, "-l", q.User)
	}
	if q.Port != 0 {
		args = append(args, "-p", strconv.Itoa(q.Port))
	}
	return append(args, "--", q.Host)
}

// withoutSSH is what ssh would say without any configuration.
func withoutSSH(q Query) Host {
	h := Host{HostName: q.Host, Port: q.Port, User: q.User, KnownHosts: []string{"/etc/ssh/ssh_known_hosts"}}
	if h.Port == 0 {
		h.Port = 22
	}
	if u, err := user.Current(); err == nil && h.User == "" {
		h.User = u.Username
	}
	if home, err := os.UserHomeDir(); err == nil {
		for _, name := range []string{"id_ed25519", "id_ecdsa", "id_rsa"} {
			h.IdentityFiles = append(h.IdentityFiles, filepath.Join(home, ".ssh", name))
		}
		h.KnownHosts = append([]string{filepath.Join(home, ".ssh", "known_hosts")}, h.KnownHosts...)
	}
	return h
}

// said is what ssh -G prints: the values of each keyword, in small letters.
type said map[string][]string

// only returns the value of a keyword that has at most one; empty if it is none.
func (s said) only(keyword string) string {
	if values := s[keyword]; len(values) > 0 && values[0] != None {
		return values[0]
	}
	return ""
}

// read reads what ssh -G prints.
func read(printed string) (Host, error) {
	all := make(said)
	for line := range strings.Lines(printed) {
		keyword, value, _ := strings.Cut(strings.TrimSpace(line), " ")
		all[keyword] = append(all[keyword], value)
	}
	h := Host{
		HostName: all.only("hostname"), User: all.only("user"), HostKeyAlias: all.only("hostkeyalias"),
		IdentitiesOnly: all.only("identitiesonly") == "yes",
	}
	var err error
	if h.Port, err = strconv.Atoi(all.only("port")); err != nil || h.HostName == "" {
		return h, errors.New("cannot understand what ssh -G prints: it names no host and port")
	}
	if all.only("proxycommand") != "" {
		return h, errors.New("cannot use the ProxyCommand of the ssh configuration: give proxy_jump, or ProxyJump there")
	}
	if jumps := all.only("proxyjump"); jumps != "" {
		h.ProxyJump = strings.Split(jumps, ",")
	}
	h.IdentityFiles, h.CertificateFiles = h.expand(all["identityfile"]), h.expand(all["certificatefile"])
	h.KnownHosts = h.expand(strings.Fields(all.only("userknownhostsfile") + " " + all.only("globalknownhostsfile")))
	for _, agent := range all["identityagent"] {
		h.IdentityAgent = agent
		if agent == "SSH_AUTH_SOCK" {
			h.IdentityAgent = os.Getenv(agent)
		} else if expanded := h.expand([]string{agent}); len(expanded) > 0 {
			h.IdentityAgent = expanded[0]
		}
	}
	return h, nil
}

// expand replaces what ssh -G leaves as it is: the home and the tokens of ssh_config(5) that mean something here.
func (h Host) expand(paths []string) []string {
	local, home := "", ""
	if u, err := user.Current(); err == nil {
		local, home = u.Username, u.HomeDir
	}
	tokens := strings.NewReplacer("%%", "%", "%d", home, "%h", h.HostName, "%p", strconv.Itoa(h.Port), "%r", h.User, "%u", local)
	var all []string
	for _, path := range paths {
		path = tokens.Replace(os.ExpandEnv(path))
		if rest, ok := strings.CutPrefix(path, "~/"); ok {
			path = filepath.Join(home, rest)
		}
		if path != None {
			all = append(all, path)
		}
	}
	return all
}
