package executor

import (
	"github.com/clockworkd/clockwork/internal/bundle"
	"github.com/clockworkd/clockwork/internal/runners"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Bounds of the retries that a runner's options ask for; a step's own retry names its own.
const (
	runnerRetryMultiplier = 2
	runnerRetryMaxFactor  = 60
)

func optionsOf(request *clockworkv1.ExecuteBundleRequest) requestOptions {
	return requestOptions{
		timeout:     request.GetTimeout().AsDuration(),
		stepTimeout: request.GetStepTimeout().AsDuration(),
		keepGoing:   request.GetKeepGoing(),
	}
}

func requirementsOf(name string, asked *clockworkv1.RunnerRequirements) runners.Requirements {
	return runners.Requirements{
		Name:                name,
		Isolation:           runners.Isolation(asked.GetIsolation()),
		RemoteHost:          asked.GetRemoteHost(),
		KubernetesNamespace: asked.GetKubernetesNamespace(),
		Labels:              asked.GetLabels(),
	}
}

func defaultsOf(runner *runners.Runner) runnerDefaults {
	options := runner.Options()
	defaults := runnerDefaults{
		name: runner.Name(), driver: runner.Type(), stepTimeout: options.Timeout,
		env: options.Env, cwd: options.WorkingDirectory, grace: options.Grace,
	}
	if options.Retries > 0 {
		defaults.retry = &bundle.Retry{
			MaxAttempts: options.Retries + 1, InitialDelay: options.RetryDelay,
			MaxDelay:   options.RetryDelay * runnerRetryMaxFactor,
			Multiplier: runnerRetryMultiplier, On: bundle.RetryOn{AnyExitCode: true},
		}
	}
	return defaults
}
