package engine

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/docker/docker/api/types/container"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/agent/streamconn"
)

// dial returns the way to the agent in a container: an exec of `clockwork-agent connect`, whose streams are the connection.
func (d *Driver) dial(containerID string) agent.Dialer {
	return func(ctx context.Context) (net.Conn, error) {
		conn, err := d.exec(ctx, containerID)
		if err == nil {
			return conn, nil
		}
		if gone := d.whyGone(ctx, containerID); gone != nil {
			return nil, fmt.Errorf("%w: %w", agent.ErrGone, gone)
		}
		return nil, err
	}
}

func (d *Driver) exec(ctx context.Context, containerID string) (net.Conn, error) {
	made, err := d.flavour.Client.ContainerExecCreate(ctx, containerID, container.ExecOptions{
		Cmd: []string{programPath, "connect", socketPath}, WorkingDir: "/",
		AttachStdin: true, AttachStdout: true, AttachStderr: true,
	})
	if err != nil {
		return nil, d.fault("open a connection into the container", err)
	}
	s, err := d.hijack(ctx, "/exec/"+made.ID+"/start", nil, container.ExecAttachOptions{})
	if err != nil {
		return nil, d.fault("open a connection into the container", err)
	}
	return streamconn.New(containerID, &demux{in: s.in}, s.Conn, s.Close), nil
}

// whyGone tells why a container will never answer again; nil if it may.
func (d *Driver) whyGone(ctx context.Context, containerID string) error {
	found, err := d.flavour.Client.ContainerInspect(ctx, containerID)
	switch {
	case isMissing(err):
		return errors.New("its container was removed")
	case err != nil || found.State == nil || found.State.Running || found.State.Paused || found.State.Restarting:
		return nil //nolint:nilerr // an engine that does not answer says nothing about its containers
	}
	return errors.New(ended(found))
}

// ended says how a container ended.
func ended(c container.InspectResponse) string {
	text := fmt.Sprintf("its container ended with exit code %d", c.State.ExitCode)
	if c.State.OOMKilled {
		text = "its container was killed because it ran out of memory"
		if c.HostConfig != nil && c.HostConfig.Memory > 0 {
			text += fmt.Sprintf(": its limit is %d MiB", c.HostConfig.Memory>>20)
		}
	} else if signal := signal(c); signal > 0 {
		text = fmt.Sprintf("its container was ended by signal %d", signal)
	}
	if at, err := time.Parse(time.RFC3339Nano, c.State.FinishedAt); err == nil && at.Year() > 1 {
		text += " at " + at.UTC().Format(time.RFC3339)
	}
	if c.State.Error != "" {
		text += ": " + c.State.Error
	}
	return text
}

// signal returns which one ended a container's first process; 0: none.
func signal(c container.InspectResponse) int {
	const base, last = 128, 64 // engines add the one, and the other is the system's last
	if number := c.State.ExitCode - base; number > 0 && number <= last {
		return number
	}
	return 0
}
