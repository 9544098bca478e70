package main

import (
	"github.com/clockworkd/clockwork/internal/bundle"
	"github.com/clockworkd/clockwork/internal/config"
	"github.com/clockworkd/clockwork/internal/executor"
	"github.com/clockworkd/clockwork/internal/policy"
	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/server"
)

// The configuration in the words of the packages that use it.

func executorOptions(c *config.Config) executor.Options {
	limits := bundle.DefaultLimits()
	limits.Bundle, limits.Artifact = int(c.Limits.BundleSize), int(c.Limits.ArtifactSize)
	limits.Artifacts, limits.Steps, limits.Path = c.Limits.Artifacts, c.Limits.Steps, c.Limits.PathLength
	profile, err := policy.NewProfile(c.Policy)
	if err != nil { // checkPolicy let it pass
		panic(err)
	}
	return executor.Options{
		Limits: limits, Profile: profile, MaxQueued: c.Limits.QueuedExecutions, ParallelSteps: c.Limits.ParallelSteps,
	}
}

func serverLimits(c *config.Config) server.Limits {
	return server.Limits{Watchers: c.Limits.Watchers, StallTimeout: c.Limits.StallTimeout}
}

func checkPolicy(changes map[string]string) error {
	_, err := policy.NewProfile(changes)
	return err
}

func runnerConfig(r config.Runner) runners.Config {
	return runners.Config{
		Name: r.Name, Type: r.Type, Labels: r.Labels, Require: r.Require, Configuration: r.Effective(),
		Options: runners.Options{
			Timeout: r.Timeout, Retries: r.Retries, RetryDelay: r.RetryDelay,
			Env: r.EnvironmentVars, WorkingDirectory: r.WorkingDirectory, Grace: r.Grace,
			QueueTimeout: r.QueueTimeout, ProvisionTimeout: r.ProvisionTimeout, UploadTimeout: r.UploadTimeout, CollectTimeout: r.CollectTimeout,
			Pool: runners.PoolOptions{Warm: r.Pool.Warm, Max: r.Pool.Max, IdleTimeout: r.Pool.IdleTimeout},
		},
	}
}

func resourceLimits(l config.ResourceLimits) runners.ResourceLimits {
	return runners.ResourceLimits{
		MemoryBytes: uint64(l.Memory), CPUs: l.CPUs, Processes: l.Processes, OpenFiles: l.OpenFiles, FileSizeBytes: uint64(l.FileSize),
	}
}
