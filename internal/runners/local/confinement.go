package local

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/agent/confine"
	"github.com/clockworkd/clockwork/internal/runners"
)

// confinement is how this machine confines the steps of a driver's sandboxes.
type confinement struct {
	birth        birth
	plan         confine.Plan // all of it that is the same for each sandbox
	capabilities []agent.Capability
}

// confiner finds out about it once. What failed is tried again when it is asked for again.
type confiner struct {
	mu    sync.Mutex
	found *confinement
}

// confinement finds out what the machine permits, by doing it: from the strongest way of giving birth to an agent to the weakest, it takes the first
// under which everything is in force that the options deny.
func (d *Driver) confinement(ctx context.Context) (*confinement, error) {
	d.confiner.mu.Lock()
	defer d.confiner.mu.Unlock()
	if d.confiner.found != nil {
		return d.confiner.found, nil
	}
	if plan := d.plan(birth{}); !plan.Confines() && plan.User == nil {
		d.confiner.found = &confinement{plan: plan, capabilities: agent.CapabilitiesOf(nil)}
		return d.confiner.found, nil
	}
	var why []error
	for _, birth := range d.births() {
		plan := d.plan(birth)
		if len(why) > 0 && !birth.processes {
			plan.NoProcesses, plan.Remedy = why[0].Error(), remedy()
		}
		if birth.noMounts {
			plan.NoMounts = errors.Join(why...).Error()
		}
		capabilities, err := d.try(ctx, birth, plan)
		if err == nil {
			d.confiner.found = &confinement{birth: birth, plan: plan, capabilities: capabilities}
			return d.confiner.found, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		why = append(why, err)
	}
	return nil, fmt.Errorf("cannot confine steps as the runner demands: %w", errors.Join(why...))
}

// isolation is how far sandboxes are separated from the machine, and from each other.
func (c *confinement) isolation() runners.Isolation {
	has := func(name string) bool {
		return slices.ContainsFunc(c.capabilities, func(c agent.Capability) bool { return c.Name == name && c.Available })
	}
	if has("process_isolation") && has("no_new_privileges") && has("system_call_filter") {
		return runners.IsolationProcess
	}
	return runners.IsolationNone
}

// plan is the part of a sandbox's plan that is common to all.
func (d *Driver) plan(b birth) confine.Plan {
	o := d.options
	p := confine.Plan{
		DenyNetwork: !o.AllowNetwork, DenyWrites: !o.AllowFileWrite, ReadPaths: o.ReadPaths, Harden: o.Harden,
		FirstProcess: b.processes, UserNamespace: b.user, Borrowed: b.user && !isRoot(),
	}
	if o.User != nil {
		p.User = &o.User.User
	}
	if p.Confines() || o.User != nil {
		// Neither the daemon's secrets nor the sockets of other sandboxes' agents are for steps.
		p.Hidden = []string{d.layout.daemonDir, d.layout.runtimeDir}
		p.Visible = []string{o.AgentPath}
		if p.DenyWrites {
			p.Visible = append(p.Visible, o.CacheDir)
		} else {
			p.Writable = []string{o.CacheDir}
		}
	}
	return p
}

// planFor is the plan of a sandbox.
func (d *Driver) planFor(id string, c *confinement) confine.Plan {
	p := c.plan
	if !p.Confines() && p.User == nil {
		return p
	}
	p.Writable = append([]string{d.layout.workspace(id), d.layout.tmp(id), d.layout.home(id)}, p.Writable...)
	if hasOwnTmp(p) {
		p.PrivateTmp = d.layout.tmp(id)
	}
	return p
}

// hasOwnTmp tells whether steps shall have a /tmp of their own: services have sockets in the machine's.
func hasOwnTmp(p confine.Plan) bool { return p.DenyNetwork || p.DenyWrites || p.User != nil }

// try confines a process as a plan says, in place of a sandbox's agent, and returns what was in force for it.
func (d *Driver) try(ctx context.Context, b birth, p confine.Plan) ([]agent.Capability, error) {
	dir, err := os.MkdirTemp(d.layout.runtimeDir, "try-")
	if err != nil {
		return nil, fmt.Errorf("cannot try out how steps are confined: %v", err)
	}
	defer os.RemoveAll(dir)
	p.Writable = append([]string{dir}, p.Writable...)
	if hasOwnTmp(p) {
		p.PrivateTmp = dir
	}
	plan, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("cannot write the plan: %v", err)
	}
	output, err := d.runAgent(ctx, b, plan, "confine")
	if err != nil {
		return nil, err
	}
	var all []agent.Capability
	if err := json.Unmarshal(output, &all); err != nil {
		return nil, fmt.Errorf("cannot understand what the agent says: %v", err)
	}
	return all, nil
}
