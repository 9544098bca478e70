package main

import (
	"github.com/clockworkd/clockwork/internal/config"
	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/docker"
	"github.com/clockworkd/clockwork/internal/runners/engine"
	"github.com/clockworkd/clockwork/internal/runners/podman"
)

// The runners whose sandboxes are containers of an engine.

func checkDocker(r config.Runner) error {
	settings := engine.DefaultSettings()
	return checkContainers(r, &settings)
}

func checkPodman(r config.Runner) error {
	settings := podman.DefaultSettings()
	return checkContainers(r, &settings)
}

func checkContainers(r config.Runner, settings interface{ Check(engine.Rules) error }) error {
	if err := r.Decode(settings); err != nil {
		return err
	}
	rules := engine.Rules{
		AllowPrivileged: r.Allowed.AllowPrivileged, AllowHostMounts: r.Allowed.AllowHostMounts,
		AllowNetwork: r.AllowNetwork, MaxSandboxes: r.Pool.Max,
	}
	return settings.Check(rules)
}

func buildDocker(r config.Runner, h host) (runners.Driver, error) {
	settings := engine.DefaultSettings()
	if err := r.Decode(&settings); err != nil {
		return nil, err
	}
	return docker.New(containerOptions(r, h, settings))
}

func buildPodman(r config.Runner, h host) (runners.Driver, error) {
	settings := podman.DefaultSettings()
	if err := r.Decode(&settings); err != nil {
		return nil, err
	}
	return podman.New(podman.Options{
		Options: containerOptions(r, h, settings.Settings), PodName: settings.PodName, Rootless: settings.Rootless,
	})
}

func containerOptions(r config.Runner, h host, settings engine.Settings) engine.Options {
	return engine.Options{
		RunnerName: r.Name, DaemonID: h.id, Secret: h.key, Agents: h.agents, Settings: settings, Labels: r.Labels,
		AllowNetwork: r.AllowNetwork, AllowFileWrite: r.AllowFileWrite, Limits: resourceLimits(r.ResourceLimits),
	}
}
