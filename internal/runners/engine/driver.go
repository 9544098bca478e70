package engine

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/docker/docker/api/types/container"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/runners"
)

// Driver is a runners.Driver for an engine that speaks the Docker API.
type Driver struct {
	options  Options
	flavour  Flavour
	owner    owner
	programs programs
	orders   orders
	// engine is what the engine has said of itself, shown what the newest sandbox has shown.
	engine atomic.Pointer[Facts]
	shown  atomic.Pointer[sandboxFacts]
}

var _ runners.Driver = (*Driver)(nil)

// New returns a driver. It does not speak to the engine yet, which may come later.
func New(o Options, f Flavour) (*Driver, error) {
	if err := o.validate(); err != nil {
		return nil, err
	}
	d := &Driver{options: o, flavour: f, owner: owner{daemon: o.DaemonID, runner: o.RunnerName, secret: o.Secret}}
	d.programs.driver = d
	return d, nil
}

// Create makes a container whose first process is the agent.
func (d *Driver) Create(ctx context.Context, spec runners.Spec) (*runners.Sandbox, error) {
	if err := checkID(spec.ID); err != nil {
		return nil, err
	}
	facts, err := d.Facts(ctx)
	if err != nil {
		return nil, err
	}
	if err := d.accept(facts); err != nil {
		return nil, err
	}
	image, err := d.ensureImage(ctx, spec.Progress)
	if err != nil {
		return nil, err
	}
	program, err := d.programs.ensure(ctx, spec.ID, image)
	if err != nil {
		return nil, err
	}
	containerID, err := d.createContainer(ctx, spec.ID, image, d.binds(program, facts.SELinux))
	if err != nil {
		return nil, err
	}
	if err := d.launch(ctx, spec.ID, containerID, image); err != nil {
		return nil, d.programs.explain(ctx, spec.ID, image, err)
	}
	sandbox, err := d.connect(ctx, spec.ID, containerID)
	if errors.Is(err, agent.ErrGone) { // it was there: what has ended it is somebody's doing, who will not do it each time
		return nil, d.temporary(err)
	}
	if err != nil {
		return nil, err
	}
	d.learn(ctx, image, sandbox.Agent)
	return sandbox, nil
}

// answerTimeout is how long an agent may take to answer after a restart of the daemon. One that is silent for so long was stopped
// by what runs beside it.
const answerTimeout = 30 * time.Second

// Recover connects to an agent that is still there.
func (d *Driver) Recover(ctx context.Context, id string) (*runners.Sandbox, error) {
	if err := checkID(id); err != nil {
		return nil, err
	}
	containerID, err := d.find(ctx, id)
	if err != nil {
		return nil, err
	}
	timed, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	sandbox, err := d.connect(timed, id, containerID)
	if err == nil || timed.Err() == nil || ctx.Err() != nil {
		return sandbox, err
	}
	// It may be the engine that did not answer, or the container may be paused: that says nothing about the sandbox.
	if state, stateErr := d.flavour.Client.ContainerInspect(ctx, containerID); stateErr != nil || !state.State.Running || state.State.Paused {
		return nil, d.temporary(err)
	}
	return nil, fmt.Errorf("%w: its agent has not answered within %s", runners.ErrGone, answerTimeout)
}

// find returns the container of a sandbox.
func (d *Driver) find(ctx context.Context, id string) (containerID string, err error) {
	all, err := d.containers(ctx, id)
	if err != nil {
		return "", err
	}
	for _, c := range all {
		if c.Labels[labelPart] == "" {
			return c.ID, nil
		}
	}
	return "", fmt.Errorf("%w: there is no container of sandbox %s", runners.ErrGone, id)
}

// containers lists the containers of a sandbox, or of all of them.
func (d *Driver) containers(ctx context.Context, id string) ([]container.Summary, error) {
	all, err := d.flavour.Client.ContainerList(ctx, container.ListOptions{All: true, Filters: d.owner.filter(id)})
	if err != nil {
		return nil, d.fault("list the containers", err)
	}
	return all, nil
}

// connect connects to a sandbox's agent. One that is not there, or with which nobody can talk, is gone.
func (d *Driver) connect(ctx context.Context, id, containerID string) (*runners.Sandbox, error) {
	client, err := agent.Connect(ctx, d.dial(containerID), d.owner.token(id))
	for _, final := range []error{agent.ErrGone, agent.ErrVersion, agent.ErrProtocol} {
		if errors.Is(err, final) {
			return nil, fmt.Errorf("%w: %w", runners.ErrGone, err)
		}
	}
	if err != nil {
		return nil, fmt.Errorf("cannot connect to the agent: %w", err)
	}
	return &runners.Sandbox{ID: id, Location: runners.Location{ContainerID: containerID, PodName: d.flavour.PodName}, Agent: client}, nil
}

// List returns the ids of all sandboxes of which there is a container.
func (d *Driver) List(ctx context.Context) ([]string, error) {
	all, err := d.containers(ctx, "")
	if err != nil {
		return nil, err
	}
	seen := make(map[string]bool, len(all))
	var ids []string
	for _, c := range all {
		if id := c.Labels[labelSandbox]; validID.MatchString(id) && !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// Close lets go of the engine. The volumes of programs that no container uses go with it: they are a cache.
func (d *Driver) Close() error {
	d.orders.close()
	d.programs.close()
	return d.flavour.Client.Close()
}
