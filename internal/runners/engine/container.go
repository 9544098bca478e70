package engine

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
)

// tmpfsOptions are those of the agent's run directory. It holds at most 64 MiB of output, and a socket.
const tmpfsOptions = "rw,nosuid,nodev,noexec,mode=1777,size=80m"

// createContainer makes a sandbox's container, which it does not start.
func (d *Driver) createContainer(ctx context.Context, id string, image imageFacts, binds []string) (containerID string, err error) {
	config, host := d.describeContainer(id, image, binds)
	request := Request{Name: d.owner.containerName(id), Config: config, Host: host, GPUs: d.options.Settings.GPUs}
	containerID, err = order(ctx, &d.orders, id, func(ctx context.Context) (string, error) { return d.flavour.Create(ctx, request) })
	if err != nil {
		return "", d.fault("make a container", err)
	}
	if !d.usesVolume(image) || d.isRoot(image) {
		return containerID, nil
	}
	open, err := openDirectory()
	if err != nil {
		return "", fmt.Errorf("cannot make a container: %w", err)
	}
	err = d.flavour.Client.CopyToContainer(ctx, containerID, boxMount, open, container.CopyToContainerOptions{})
	return containerID, d.fault("prepare the workspace", err)
}

// describeContainer says what a sandbox's container is like.
func (d *Driver) describeContainer(id string, image imageFacts, binds []string) (*container.Config, *container.HostConfig) {
	command := []string{programPath, "serve"}
	config := &container.Config{
		Image: d.options.Settings.Image, User: d.options.Settings.User, WorkingDir: "/",
		Entrypoint: command, Labels: d.labels(id),
		// The agent is told what to do through its standard input.
		OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true, AttachStderr: true,
	}
	if own := d.options.Settings.Entrypoint; len(own) > 0 {
		config.Entrypoint, config.Cmd = own, command
	}
	host := &container.HostConfig{
		Binds: binds,
		Tmpfs: map[string]string{runMount: tmpfsOptions},

		ReadonlyRootfs: d.readOnly(),
		Privileged:     d.options.Settings.Privileged,
		Resources:      resources(d.options.Limits),
	}
	config.ExposedPorts, host.PortBindings = d.options.Settings.ports()
	host.NetworkMode = container.NetworkMode(d.options.Settings.NetworkMode)
	if !d.options.AllowNetwork {
		host.NetworkMode = "none"
	}
	if d.usesVolume(image) {
		config.Volumes = map[string]struct{}{boxMount: {}}
	}
	return config, host
}

// labels are the configured ones and ours, which win.
func (d *Driver) labels(id string) map[string]string {
	all := maps.Clone(d.owner.labels(id))
	for name, value := range d.options.Labels {
		if _, ours := all[name]; !ours {
			all[name] = value
		}
	}
	return all
}

// usesVolume tells whether the workspace lies in a volume: where a sandbox's user cannot make it in the root file system.
func (d *Driver) usesVolume(image imageFacts) bool { return d.readOnly() || !d.isRoot(image) }

func (d *Driver) readOnly() bool { return d.options.Settings.ReadOnly || !d.options.AllowFileWrite }

// isRoot tells whether the agent runs as root of its container.
func (d *Driver) isRoot(image imageFacts) bool {
	user := image.user
	if d.options.Settings.User != "" {
		user = d.options.Settings.User
	}
	name, _, _ := strings.Cut(user, ":")
	return name == "" || name == "root" || name == "0"
}

// filter matches the containers of a sandbox, or of all if id is empty.
func (o owner) filter(id string) filters.Args {
	args := filters.NewArgs(filters.Arg("label", labelDaemon+"="+o.daemon), filters.Arg("label", labelRunner+"="+o.runner))
	if id != "" {
		args.Add("label", labelSandbox+"="+id)
	}
	return args
}
