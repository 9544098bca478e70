package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/clockworkd/clockwork/client"
)

// daemon is a clockworkd of our own, with one client.
type daemon struct {
	cmd    *exec.Cmd
	dir    string
	log    bytes.Buffer
	client *client.Client
	// web is the address of its HTTP side; empty if it has none.
	web string
	// ready is how long it took from its start until it answered.
	ready time.Duration
}

// patience bounds the start and the end of a daemon.
const patience = time.Minute

// local is the runner that every daemon here has, localRunner how it is configured.
const (
	local       = "local"
	localRunner = "  - {name: local, type: local}\n"
)

// start starts a daemon with these runners, each a line of YAML.
func (b *bench) start(ctx context.Context, runners ...string) (*daemon, error) {
	dir, err := os.MkdirTemp(b.dir, "d")
	if err != nil {
		return nil, fmt.Errorf("cannot make a directory: %w", err)
	}
	d := &daemon{dir: dir}
	socket := filepath.Join(dir, "d.sock")
	config := filepath.Join(dir, "config.yaml")
	text := fmt.Sprintf("listen: [\"unix://%s\"]\nstate_dir: %s/state\nruntime_dir: %s/run\nrunners:\n%s", socket, dir, dir, strings.Join(runners, ""))
	if b.profile != "" {
		if d.web, err = freePort(ctx); err != nil {
			return nil, err
		}
		text += fmt.Sprintf("metrics: {listen: \"tcp://%s\", profiles: true}\n", d.web)
	}
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("cannot write a configuration: %w", err)
	}
	d.cmd = exec.Command(b.program("clockworkd"), "--config", config)
	d.cmd.Stderr = &d.log
	begin := time.Now()
	if err := d.cmd.Start(); err != nil {
		return nil, fmt.Errorf("cannot start clockworkd: %w", err)
	}
	if d.client, err = d.dial(ctx, "unix://"+socket); err != nil {
		return nil, errors.Join(err, d.stop(), fmt.Errorf("its log:\n%s", d.log.String()))
	}
	d.ready = time.Since(begin)
	return d, nil
}

// dial waits for the socket, and then for an answer.
func (d *daemon) dial(ctx context.Context, address string) (*client.Client, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	path, _ := client.SocketPath(address)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	var dialer net.Dialer
	for {
		conn, err := dialer.DialContext(ctx, "unix", path)
		if err == nil {
			_ = conn.Close() // it only shows that somebody listens
			return client.Dial(ctx, address)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil, fmt.Errorf("cannot reach the daemon that was started: %w", err)
		}
	}
}

// stop ends the daemon as an administrator would, and returns when it has gone.
func (d *daemon) stop() error {
	if d.client != nil {
		_ = d.client.Close() // nothing is under way
	}
	_ = d.cmd.Process.Signal(syscall.SIGTERM) // it may have ended
	kill := time.AfterFunc(patience, func() { _ = d.cmd.Process.Kill() })
	defer kill.Stop()
	if err := d.cmd.Wait(); err != nil {
		return fmt.Errorf("cannot stop clockworkd: %w; its log:\n%s", err, d.log.String())
	}
	return nil
}

// end stops the daemon where that is not the measurement.
func (d *daemon) end(b *bench) {
	if err := d.stop(); err != nil {
		b.say("%v", err)
	}
}
