package local

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/agent/cgroup"
	"github.com/clockworkd/clockwork/internal/runners"
)

// launch starts a sandbox's agent and returns when it listens. It is nobody's child in spirit: a session and a working directory
// of its own, none of our descriptors, none of our environment. After an error it may be running all the same.
func (d *Driver) launch(ctx context.Context, id string, c *confinement) error {
	place, cradle, err := d.cgroups.make(id, d.options, c.plan)
	if err != nil {
		return err
	}
	if cradle != nil {
		defer cradle.Close()
	}
	order, err := d.order(id, c, place)
	if err != nil {
		return fmt.Errorf("cannot write the agent's order: %w", err)
	}
	log, err := os.OpenFile(d.layout.log(id), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("cannot open the agent's log: %w", err)
	}
	defer log.Close()
	orders, ready, err := d.startAgent(id, c.birth, cradle, log)
	if err != nil {
		return err
	}
	defer ready.Close()
	stop := context.AfterFunc(ctx, func() {
		past := time.Unix(1, 0)
		_ = orders.SetWriteDeadline(past) // pipes take deadlines
		_ = ready.SetReadDeadline(past)
	})
	defer stop()
	if err := converse(orders, ready, order); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("cannot wait for the agent: %w", ctx.Err())
		}
		return fmt.Errorf("cannot start the agent: %v%s", err, d.complaint(id))
	}
	return nil
}

// order is what the agent is told, as JSON.
func (d *Driver) order(id string, c *confinement, place cgroup.Place) ([]byte, error) {
	limits, err := d.processLimits()
	if err != nil {
		return nil, err
	}
	l := agent.Launch{
		ID: id, Token: d.layout.token(id), RunDir: d.layout.agentDir(id),
		Workspace: d.layout.workspace(id), Tmp: d.layout.tmp(id), Home: d.base.home, Env: d.base.env,
		TiedTo: []string{d.layout.sandboxDir(id)}, Cgroups: place, Limits: limits, Confine: d.planFor(id, c),
	}
	if l.Home == "" || l.Confine.DenyWrites {
		l.Home = d.layout.home(id)
	}
	if l.Confine.DenyWrites { // tools that cache need to write
		l.Env = maps.Clone(l.Env)
		for name, dir := range caches {
			l.Env[name] = filepath.Join(l.Home, ".cache", dir)
		}
		maps.Copy(l.Env, d.options.Env)
	}
	return json.Marshal(l)
}

// startAgent starts the process, in a cgroup if there is one, and records which one it is. It returns our ends of its standard input and output.
func (d *Driver) startAgent(id string, b birth, cradle, log *os.File) (orders, ready *os.File, err error) {
	stdin, orders, err := os.Pipe()
	if err != nil {
		return nil, nil, fmt.Errorf("cannot open a pipe: %w", err)
	}
	defer stdin.Close()
	ready, stdout, err := os.Pipe()
	if err != nil {
		return nil, nil, fmt.Errorf("cannot open a pipe: %w", errors.Join(err, orders.Close()))
	}
	defer stdout.Close()
	attr, err := b.attributes()
	if err != nil {
		return nil, nil, errors.Join(err, orders.Close(), ready.Close())
	}
	pidfd := -1
	attr.PidFD = &pidfd
	cmd := &exec.Cmd{
		Path: d.options.AgentPath, Args: []string{d.options.AgentPath, "serve"}, Env: []string{}, Dir: "/",
		Stdin: stdin, Stdout: stdout, Stderr: log, SysProcAttr: attr,
	}
	if cradle != nil {
		cmd.SysProcAttr.UseCgroupFD, cmd.SysProcAttr.CgroupFD = true, int(cradle.Fd())
	}
	if err := d.begin(cmd, &pidfd, id); err != nil {
		return nil, nil, errors.Join(err, orders.Close(), ready.Close())
	}
	return orders, ready, nil
}

// begin starts the command, hands it over to be reaped, and records it.
func (d *Driver) begin(cmd *exec.Cmd, pidfd *int, id string) error {
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("cannot start %s: %w", cmd.Path, err)
	}
	pid := cmd.Process.Pid
	started, err := identify(pid)
	_ = cmd.Process.Release() // it is waited for by its pidfd
	if *pidfd < 0 {
		return errors.New("cannot wait for the agent: the system has no pidfd; Linux 5.4 or newer is needed")
	}
	if err := errors.Join(err, d.children.adopt(pid, *pidfd)); err != nil {
		return fmt.Errorf("cannot follow the agent: %w", err)
	}
	r := d.newRecord(id)
	r.Agent = started
	if err := r.write(d.layout.record(id)); err != nil {
		return fmt.Errorf("cannot record the agent: %w", err)
	}
	return nil
}

// converse hands the order over and waits for the answer.
func converse(orders io.WriteCloser, ready io.Reader, order []byte) error {
	_, err := orders.Write(order)
	if err := errors.Join(err, orders.Close()); err != nil {
		return err
	}
	var answer agent.Ready
	if err := json.NewDecoder(io.LimitReader(ready, 64<<10)).Decode(&answer); err != nil {
		if errors.Is(err, io.EOF) {
			return errors.New("it ended before it was ready")
		}
		return fmt.Errorf("its answer cannot be understood: %v", err)
	}
	return nil
}

// complaint returns the end of the agent's log.
func (d *Driver) complaint(id string) string {
	log, err := os.ReadFile(d.layout.log(id))
	if err != nil || len(log) == 0 {
		return ""
	}
	log = log[max(0, len(log)-1024):]
	return "; it says: " + strings.ToValidUTF8(string(bytes.TrimSpace(log)), "?")
}

// temporary marks an error that goes away when somebody else lets go of something, or somebody makes room on a disk.
func temporary(err error) error {
	for _, passing := range []error{unix.EAGAIN, unix.ENOMEM, unix.EMFILE, unix.ENFILE, unix.ENOSPC, unix.EDQUOT} {
		if errors.Is(err, passing) {
			return fmt.Errorf("%w: %w", runners.ErrTemporary, err)
		}
	}
	return err
}
