package local

import (
	"errors"
	"fmt"
	"os"

	"github.com/clockworkd/clockwork/internal/agent/cgroup"
	"github.com/clockworkd/clockwork/internal/agent/confine"
	"github.com/clockworkd/clockwork/internal/agent/rlimit"
)

// cgroups are those of the driver's sandboxes, where the daemon may make any.
type cgroups struct {
	realm *cgroup.Realm // nil: it may not
	fault error         // why
}

func claimCgroups(owner string) cgroups {
	realm, err := cgroup.Claim(owner)
	return cgroups{realm: realm, fault: err}
}

// lacks says why there are no limits by a controller; nil: there are.
func (c cgroups) lacks(controller string) error {
	if c.realm == nil {
		return c.fault
	}
	return c.realm.Lacks(controller)
}

// dirs returns the cgroup of a sandbox, for its record.
func (c cgroups) dirs(id string) cgroup.Dirs {
	if c.realm == nil {
		return cgroup.Dirs{}
	}
	return c.realm.Sandbox(id)
}

// list returns the ids of all sandboxes that have one.
func (c cgroups) list() ([]string, error) {
	if c.realm == nil {
		return nil, nil
	}
	return c.realm.List()
}

// make makes the cgroups of a sandbox, and opens the one that its agent is born into, if there is one.
func (c cgroups) make(id string, o Options, plan confine.Plan) (place cgroup.Place, agent *os.File, err error) {
	if c.realm == nil {
		return cgroup.Place{}, nil, nil
	}
	limits := cgroup.Limits{MemoryBytes: o.Limits.MemoryBytes, CPUs: o.Limits.CPUs, Processes: uint64(o.Limits.Processes)}
	if c.lacks("pids") != nil {
		limits.Processes = 0 // it is limited per user, see processLimits
	}
	var owner *cgroup.Owner
	if plan.User != nil {
		owner = &cgroup.Owner{UID: plan.User.UID, GID: plan.User.GID}
	}
	if place, err = c.realm.Make(id, limits, owner, plan.NeedsThread()); err != nil {
		return cgroup.Place{}, nil, err
	}
	agent, err = c.realm.Agent(id)
	return place, agent, err
}

// of are those of another owner's sandboxes.
func (c cgroups) of(owner string) cgroups {
	if c.realm != nil {
		c.realm = c.realm.Of(owner)
	}
	return c
}

// removeRemains removes those of sandboxes that do not exist any more, because their agents ended when their daemon had lost its state.
func (c cgroups) removeRemains() error {
	if c.realm == nil {
		return nil
	}
	return c.realm.RemoveRemains(remainsGrace)
}

// processLimits are the limits of each process of a sandbox.
func (d *Driver) processLimits() (rlimit.Limits, error) {
	l := rlimit.Limits{OpenFiles: uint64(d.options.Limits.OpenFiles), FileSizeBytes: d.options.Limits.FileSizeBytes}
	if d.options.Limits.Processes == 0 || d.cgroups.lacks("pids") == nil {
		return l, nil
	}
	others, err := rlimit.CountUser(os.Getuid())
	if err != nil {
		return l, fmt.Errorf("cannot limit the number of processes: %w", err)
	}
	l.UserProcesses = others + uint64(d.options.Limits.Processes)
	return l, nil
}

// enforceable names every limit that is asked for and that nothing here enforces.
func (d *Driver) enforceable() error {
	var faults []error
	for _, asked := range []struct {
		option     string
		yes        bool
		capability func() limitCapability
	}{
		{"resource_limits.memory", d.options.Limits.MemoryBytes > 0, d.memoryLimit},
		{"resource_limits.cpus", d.options.Limits.CPUs > 0, d.cpuLimit},
		{"resource_limits.processes", d.options.Limits.Processes > 0, d.processLimit},
	} {
		if c := asked.capability(); asked.yes && !c.Available {
			faults = append(faults, fmt.Errorf("cannot enforce %s: %s; %s, or remove the option", asked.option, c.Detail, c.Remedy))
		}
	}
	return errors.Join(faults...)
}
