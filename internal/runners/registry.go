package runners

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
)

// Registry is the daemon's runners. It does not change.
type Registry struct {
	runners  []*Runner
	fallback *Runner
	reason   string
	tasks    *tasks
}

// NewRegistry returns a registry of runners in the order of the configuration. The default one may be empty: then it is the first.
func NewRegistry(defaultName string, all ...*Runner) (*Registry, error) {
	if len(all) == 0 {
		return nil, errors.New("cannot do without a runner: configure one")
	}
	for i, r := range all {
		if slices.ContainsFunc(all[:i], func(other *Runner) bool { return other.Name() == r.Name() }) {
			return nil, fmt.Errorf("cannot have two runners named %s", r.Name())
		}
	}
	g := &Registry{runners: slices.Clone(all), fallback: all[0], reason: "the first runner, as default_runner names none", tasks: newTasks()}
	if defaultName == "" {
		return g, nil
	}
	fallback, found := g.Get(defaultName)
	if !found {
		return nil, fmt.Errorf("cannot use %s as default_runner: there is %s", defaultName, g.names())
	}
	g.fallback, g.reason = fallback, "the default runner"
	return g, nil
}

// All returns the runners in the order of the configuration.
func (g *Registry) All() []*Runner { return slices.Clone(g.runners) }

// Default returns the runner of requests that ask for none.
func (g *Registry) Default() *Runner { return g.fallback }

// Get returns the runner of a name.
func (g *Registry) Get(name string) (*Runner, bool) {
	i := slices.IndexFunc(g.runners, func(r *Runner) bool { return r.Name() == name })
	if i < 0 {
		return nil, false
	}
	return g.runners[i], true
}

// Start starts all runners, see Runner.Start, and begins to remove what is nobody's, see Scavenger.
func (g *Registry) Start(keep func(runner *Runner, id string) bool) {
	for _, r := range g.runners {
		r.Start(func(id string) bool { return keep(r, id) })
	}
	g.tasks.start(g.scavenge)
}

// Drain drains all runners at once.
func (g *Registry) Drain(ctx context.Context) error {
	return g.each(func(r *Runner) error { return r.Drain(ctx) })
}

// Close closes all runners at once.
func (g *Registry) Close() error {
	g.tasks.stop()
	return g.each((*Runner).Close)
}

// each calls f for every runner at the same time and returns all errors.
func (g *Registry) each(f func(*Runner) error) error {
	faults := make([]error, len(g.runners))
	var all sync.WaitGroup
	for i, r := range g.runners {
		all.Go(func() { faults[i] = f(r) })
	}
	all.Wait()
	return errors.Join(faults...)
}
