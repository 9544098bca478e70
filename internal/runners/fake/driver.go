package fake

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/runners"
)

// Driver is a runners.Driver whose environment is a World.
type Driver struct {
	*World
	owner string
}

var _ runners.Driver = (*Driver)(nil)

// New returns a driver with a world of its own, whose sandboxes have their workspaces under dir.
func New(dir string) *Driver {
	return NewWorld(dir).Driver("daemon")
}

// Driver returns a driver that is given the sandboxes of an owner, which stands for a daemon's id and a runner's name. Two
// drivers of one owner stand for two lives of a daemon.
func (w *World) Driver(owner string) *Driver {
	return &Driver{World: w, owner: owner}
}

// Describe returns the world's description, see SetDescription.
func (d *Driver) Describe(context.Context) (runners.Description, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.description, d.describeFault
}

// defaultDescription is that of a world of which nothing else was said.
func defaultDescription() runners.Description {
	return runners.Description{
		Isolation: runners.IsolationNone,
		OS:        runtime.GOOS,
		Arch:      runtime.GOARCH,
		Capabilities: []runners.Capability{
			{Name: "process_isolation", Detail: "steps are Go functions of the test", Remedy: "use a real driver"},
		},
	}
}

// Check runs a program that always succeeds.
func (d *Driver) Check(ctx context.Context) []runners.Finding {
	return runners.Probe(ctx, d, []string{"true"}, "do not let the test fail it")
}

// Create provisions a sandbox, unless the test has it fail.
func (d *Driver) Create(ctx context.Context, spec runners.Spec) (*runners.Sandbox, error) {
	s, err := d.place(d.owner, spec.ID)
	if err != nil {
		return nil, err
	}
	if err := d.beforeCreate(ctx, spec); err != nil {
		return nil, err
	}
	if err := s.start(d.programs); err != nil {
		return nil, err
	}
	return d.connect(ctx, s)
}

// Recover connects again to a sandbox of the same owner.
func (d *Driver) Recover(ctx context.Context, id string) (*runners.Sandbox, error) {
	s := d.find(d.owner, id)
	if s == nil {
		return nil, fmt.Errorf("%w: there is no %s", runners.ErrGone, id)
	}
	return d.connect(ctx, s)
}

func (d *Driver) connect(ctx context.Context, s *sandbox) (*runners.Sandbox, error) {
	client, err := agent.Connect(ctx, s.dial, s.token())
	if err != nil {
		return nil, lost(err)
	}
	return &runners.Sandbox{ID: s.id, Agent: client}, nil
}

// List returns the ids of the owner's sandboxes.
func (d *Driver) List(context.Context) ([]string, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var ids []string
	for key := range d.sandboxes {
		if key.owner == d.owner {
			ids = append(ids, key.id)
		}
	}
	slices.Sort(ids)
	return ids, nil
}

// Destroy ends a sandbox, unless the test has it fail.
func (d *Driver) Destroy(ctx context.Context, id string) error {
	if err := d.beforeDestroy(ctx, id); err != nil {
		return err
	}
	return d.remove(d.owner, id)
}

// Close does nothing: there is nothing to release.
func (d *Driver) Close() error { return nil }
