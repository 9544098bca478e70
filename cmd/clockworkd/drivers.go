package main

import (
	"errors"
	"fmt"
	"path/filepath"

	"go.uber.org/zap"

	"github.com/clockworkd/clockwork/internal/agent/binaries"
	"github.com/clockworkd/clockwork/internal/config"
	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/local"
)

// host is what drivers are told about the daemon that they work for.
type host struct {
	identity

	stateDir, runtimeDir string
	// agents are the programs that sandboxes run, one for each platform; agent is this host's.
	agents *binaries.Set
	agent  binaries.Binary
}

// driverType is what the daemon knows of a type of runners.
type driverType struct {
	// check decodes the options that only this type has, and refuses common ones that it cannot honour.
	check func(config.Runner) error
	// build makes a driver from options that check let pass.
	build func(config.Runner, host) (runners.Driver, error)
}

// driverTypes is all types of runners. It is the one place to add a driver to the daemon.
var driverTypes = map[string]driverType{
	"local":  {check: checkLocal, build: buildLocal},
	"docker": {check: checkDocker, build: buildDocker},
	"podman": {check: checkPodman, build: buildPodman},
}

func driverChecks() map[string]func(config.Runner) error {
	checks := make(map[string]func(config.Runner) error, len(driverTypes))
	for name, driver := range driverTypes {
		checks[name] = driver.check
	}
	return checks
}

func checkLocal(r config.Runner) error {
	if err := r.Decode(&struct{}{}); err != nil { // it has no options of its own
		return err
	}
	return localOptions(r, host{}).CheckConfinement()
}

func buildLocal(r config.Runner, h host) (runners.Driver, error) {
	return local.New(localOptions(r, h))
}

func localOptions(r config.Runner, h host) local.Options {
	return local.Options{
		RunnerName: r.Name, DaemonID: h.id, Secret: h.key, AgentPath: h.agent.Path,
		StateDir: h.stateDir, RuntimeDir: h.runtimeDir, CacheDir: filepath.Join(h.stateDir, "cache"),
		AllowNetwork: r.AllowNetwork, AllowFileWrite: r.AllowFileWrite, Limits: resourceLimits(r.ResourceLimits),
	}
}

// newRegistry makes all runners, or none.
func newRegistry(c *config.Config, self identity, log *zap.Logger) (*runners.Registry, error) {
	agents, err := binaries.Beside()
	if err != nil {
		return nil, err
	}
	agent, err := agents.Host()
	if err != nil {
		return nil, err
	}
	h := host{identity: self, stateDir: c.StateDir, runtimeDir: c.RuntimeDir, agents: agents, agent: agent}
	var (
		all    []*runners.Runner
		faults []error
	)
	for _, r := range c.Runners {
		runner, err := newRunner(r, h, log)
		if err != nil {
			faults = append(faults, fmt.Errorf("cannot set up runner %s: %w", r.Name, err))
			continue
		}
		all = append(all, runner)
	}
	if len(faults) == 0 {
		return runners.NewRegistry(c.DefaultRunner, all...)
	}
	for _, runner := range all {
		faults = append(faults, runner.Close())
	}
	return nil, errors.Join(faults...)
}

func newRunner(r config.Runner, h host, log *zap.Logger) (*runners.Runner, error) {
	driver, err := driverTypes[r.Type].build(r, h)
	if err != nil {
		return nil, err
	}
	runner, err := runners.New(runnerConfig(r), driver, log)
	if err != nil {
		return nil, errors.Join(err, driver.Close())
	}
	return runner, nil
}
