package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
)

// sshMissing tells what to do before SSH can be measured; empty: nothing.
func sshMissing() string {
	if os.Getenv("CLOCKWORK_TEST_SSH") == "" {
		return `run test/env up ssh, then eval "$(test/env vars)"`
	}
	return ""
}

// sshHosts is what test/env writes down about its servers, as far as it is needed here.
type sshHosts struct {
	State   string `json:"state"`
	Users   string `json:"users"`
	Servers map[string]struct {
		Host string `json:"host"`
		Port int    `json:"port"`
	} `json:"servers"`
}

// measureSSH compares steps on another host, which is this one, with local ones and with the ssh command.
func measureSSH(ctx context.Context, b *bench) ([]Figure, error) {
	hosts, err := readHosts(os.Getenv("CLOCKWORK_TEST_SSH"))
	if err != nil {
		return nil, err
	}
	server, user, key := hosts.Servers["main"], hosts.Users+"plain", filepath.Join(hosts.State, "id")
	known := filepath.Join(b.dir, "known_hosts")
	public, err := os.ReadFile(filepath.Join(hosts.State, "host_main.pub"))
	if err != nil {
		return nil, fmt.Errorf("cannot learn the server's key: %w", err)
	}
	address := net.JoinHostPort(server.Host, strconv.Itoa(server.Port))
	if err := os.WriteFile(known, fmt.Appendf(nil, "[%s]:%d %s", server.Host, server.Port, public), 0o600); err != nil {
		return nil, fmt.Errorf("cannot note the server's key: %w", err)
	}
	d, err := b.start(ctx, localRunner, fmt.Sprintf(
		"  - {name: ssh, type: ssh, hostname: %q, port: %d, username: %q, private_key_path: %q, known_hosts: %q}\n",
		server.Host, server.Port, user, key, known))
	if err != nil {
		return nil, err
	}
	defer d.end(b)
	command := []string{
		"ssh", "-F", "none", "-i", key, "-o", "UserKnownHostsFile=" + known, "-o", "BatchMode=yes", "-p", strconv.Itoa(server.Port),
	}
	control := filepath.Join(b.dir, "c")
	mastered := slices.Concat(command, []string{"-o", "ControlMaster=auto", "-o", "ControlPersist=60", "-o", "ControlPath=" + control})
	target := user + "@" + server.Host
	var m measured
	for range b.rounds {
		if err := m.round(ctx, d, "ssh"); err != nil {
			return nil, err
		}
		if err := timed(ctx, &m.run, yardstickRounds, append(slices.Clone(command), target, "true")); err != nil {
			return nil, err
		}
		if len(m.exec) == 0 { // the first one opens the connection
			var ignored samples
			if err := timed(ctx, &ignored, 1, append(slices.Clone(mastered), target, "true")); err != nil {
				return nil, err
			}
		}
		if err := timed(ctx, &m.exec, yardstickRounds, append(slices.Clone(mastered), target, "true")); err != nil {
			return nil, err
		}
	}
	b.say("ssh: the server at %s is on this machine: there is no round trip to add", address)
	return []Figure{
		compared("ssh step, warm", "ms", m.step, "local step", m.local, atMost(2)),
		compared("ssh step, warm", "ms", m.step, "ssh, ControlMaster", m.exec, atMost(1.0/5)),
		compared("ssh step, warm", "ms", m.step, "ssh, new connection", m.run, atMost(1.0/50)),
	}, nil
}

func readHosts(path string) (*sshHosts, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot learn of the servers: %w", err)
	}
	hosts := new(sshHosts)
	if err := json.Unmarshal(data, hosts); err != nil {
		return nil, fmt.Errorf("cannot understand %s: %w", path, err)
	}
	return hosts, nil
}
