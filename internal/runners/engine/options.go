package engine

import (
	"fmt"

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

	// Kind is the engine's name for people: Docker, Podman.
	Kind string
	// Client speaks to the engine. The driver closes it.
	Client *client.Client
	// Remedy is what to do when the engine cannot be reached.
	Remedy string
}

func (o Options) validate() error {
	if len(o.Secret) < 16 {
		return fmt.Errorf("cannot derive tokens from a secret of %d bytes: it needs 16", len(o.Secret))
	}
	return o.Settings.Check()
}
