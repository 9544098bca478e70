package engine

import (
	"context"
	"fmt"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/client"

	"github.com/clockworkd/clockwork/internal/agent/binaries"
	"github.com/clockworkd/clockwork/internal/runners"
)

// Options are what a driver is made from.
type Options struct {
	// RunnerName and DaemonID tell this driver's sandboxes from those of others on the same engine.
	RunnerName string
	DaemonID   string
	// Secret is what the sandboxes' tokens are derived from, at least 16 bytes. Another one later means that sandboxes cannot be recovered.
	Secret []byte
	// Agents are the programs for the platforms that images are made for.
	Agents *binaries.Set

	Settings Settings
	// Labels are put on each container.
	Labels map[string]string
	// AllowNetwork and AllowFileWrite confine steps if they are false.
	AllowNetwork   bool
	AllowFileWrite bool
	Limits         runners.ResourceLimits
}

// Flavour is what one of the engines does its own way.
type Flavour struct {
	// Kind is the engine's name for people: Docker, Podman.
	Kind string
	// Remedy is what to do when the engine cannot be reached.
	Remedy string
	// Client speaks to the engine. The driver closes it.
	Client *client.Client
	// RegistryConfigs are paths of files with the registries' credentials; the first one that exists is read.
	RegistryConfigs []string
	// Create makes a container, which it does not start.
	Create func(context.Context, Request) (containerID string, err error)
	// Rootless tells whether the engine has no root's rights, where the Docker API does not. nil: it does.
	Rootless func(context.Context) (bool, error)
	// Accept says what is wrong with an engine. nil: any is right.
	Accept func(Facts) error
	// PodName is that of the pod that sandboxes join; empty: none.
	PodName string
}

// Request is what a container is made from, in the words of the Docker API.
type Request struct {
	Name   string
	Config *container.Config
	Host   *container.HostConfig
	GPUs   GPUs
}

func (o Options) validate() error {
	if len(o.Secret) < 16 {
		return fmt.Errorf("cannot derive tokens from a secret of %d bytes: it needs 16", len(o.Secret))
	}
	return nil
}
