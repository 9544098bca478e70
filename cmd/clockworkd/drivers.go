package main

import (
	"context"
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
	log    *zap.Logger
}

// driverType is what the daemon knows of a type of runners.
type driverType struct {
	// check decodes the options that only this type has, and refuses common ones that it cannot honour.
	check func(config.Runner) error
	// build makes a driver from options that check let pass.
	build func(config.Runner, host) (runners.Driver, error)
	// atOnce says that a driver knows what it can do without anybody else, so that the daemon need not start to find out that it cannot.
	atOnce bool
}

// driverTypes is all types of runners. It is the one place to add a driver to the daemon.
var driverTypes = map[string]driverType{
	"local":  {check: checkLocal, build: buildLocal, atOnce: true},
	"docker": {check: checkDocker, build: buildDocker},
	"podman": {check: checkPodman, build: buildPodman},
	"ssh":    {check: checkSSH, build: buildSSH},
}

func driverChecks() map[string]func(config.Runner) error {
	checks := make(map[string]func(config.Runner) error, len(driverTypes))
	for name, driver := range driverTypes {
		checks[name] = driver.check
	}
	return checks
}

// localKeys are the options that local runners alone have.
type localKeys struct {
	Harden    bool     `yaml:"harden"`
	ReadPaths []string `yaml:"read_paths"`
	User      string   `yaml:"user"`
}

func checkLocal(r config.Runner) error {
	o, err := localOptions(r, host{})
	if err != nil {
		return err
	}
	return o.CheckConfinement()
}

func buildLocal(r config.Runner, h host) (runners.Driver, error) {
	o, err := localOptions(r, h)
	if err != nil {
		return nil, err
	}
	return local.New(o)
}

func localOptions(r config.Runner, h host) (local.Options, error) {
	var own localKeys
	if err := r.Decode(&own); err != nil {
		return local.Options{}, err
	}
	var user *local.User
	if own.User != "" {
		var err error
		if user, err = local.ParseUser(own.User); err != nil {
			return local.Options{}, err
		}
	}
	return local.Options{
		RunnerName: r.Name, DaemonID: h.id, Secret: h.key, AgentPath: h.agent.Path,
		StateDir: h.stateDir, RuntimeDir: h.runtimeDir, CacheDir: filepath.Join(h.stateDir, "cache"),
		AllowNetwork: r.AllowNetwork, AllowFileWrite: r.AllowFileWrite, Limits: resourceLimits(r.ResourceLimits),
		Harden: own.Harden, ReadPaths: own.ReadPaths, User: user,
	}, nil
}

// newRegistry makes all runners, or none.
func newRegistry(ctx context.Context, c *config.Config, self identity, log *zap.Logger) (*runners.Registry, error) {
	agents, err := binaries.Beside()
	if err != nil {
		return nil, err
	}
	agent, err := agents.Host()
	if err != nil {
		return nil, err
	}
	h := host{identity: self, stateDir: c.StateDir, runtimeDir: c.RuntimeDir, agents: agents, agent: agent, log: log}
	configured, err := affordable(c.Runners, log)
	if err != nil {
		return nil, err
	}
	var (
		all    []*runners.Runner
		faults []error
	)
	for _, r := range configured {
		runner, err := newRunner(ctx, r, h, log)
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

func newRunner(ctx context.Context, r config.Runner, h host, log *zap.Logger) (*runners.Runner, error) {
	driver, err := driverTypes[r.Type].build(r, h)
	if err != nil {
		return nil, err
	}
	runner, err := runners.New(runnerConfig(r), driver, log)
	if err != nil {
		return nil, errors.Join(err, driver.Close())
	}
	if driverTypes[r.Type].atOnce {
		if err := runner.MeetsRequirements(ctx); err != nil {
			return nil, errors.Join(err, runner.Close())
		}
	}
	return runner, nil
}
