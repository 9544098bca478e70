package main

import (
	"github.com/clockworkd/clockwork/internal/config"
	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/engine"
)

// The runners whose sandboxes are containers of an engine.

func checkContainers(r config.Runner) error {
	settings := engine.DefaultSettings()
	if err := r.Decode(&settings); err != nil {
		return err
	}
	if err := settings.Check(); err != nil {
		return err
	}
	return engine.CheckLimits(resourceLimits(r.ResourceLimits))
}

// containers returns what makes drivers by their constructor.
func containers(create func(engine.Options) (*engine.Driver, error)) func(config.Runner, host) (runners.Driver, error) {
	return func(r config.Runner, h host) (runners.Driver, error) {
		settings := engine.DefaultSettings()
		if err := r.Decode(&settings); err != nil {
			return nil, err
		}
		return create(engine.Options{
			RunnerName: r.Name, DaemonID: h.id, Secret: h.key, Agents: h.agents, Settings: settings, Labels: r.Labels,
			AllowNetwork: r.AllowNetwork, AllowFileWrite: r.AllowFileWrite, Limits: resourceLimits(r.ResourceLimits),
		})
	}
}
