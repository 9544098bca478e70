package local

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/agent/cgroup"
	"github.com/clockworkd/clockwork/internal/agent/removal"
	"github.com/clockworkd/clockwork/internal/agent/tree"
)

const (
	// shutdownTimeout bounds what an agent is given to end everything by itself.
	shutdownTimeout = 5 * time.Second
	// endPatience is how long an agent may take to end once it has ended everything else.
	endPatience = 2 * time.Second
)

// Destroy asks the agent to end everything, kills what is left, and removes the directories: that of the socket first and that with
// the id as its name last, so that List finds the sandbox until nothing of it is left.
func (d *Driver) Destroy(ctx context.Context, id string) error {
	if err := checkID(id); err != nil {
		return err
	}
	unlock, err := d.locks.Lock(ctx, id)
	if err != nil {
		return err
	}
	defer unlock()
	exists, err := d.layout.exists(id)
	if err != nil || (!exists && !d.cgroups.dirs(id).Exists()) {
		return err
	}
	if err := d.endProcesses(ctx, id); err != nil {
		return fmt.Errorf("cannot destroy sandbox %s: %w", id, err)
	}
	for _, dir := range []string{d.layout.runDir(id), d.layout.sandboxDir(id)} {
		if err := removal.Tree(dir); err != nil {
			return fmt.Errorf("cannot destroy sandbox %s: %w", id, err)
		}
	}
	return nil
}

// endProcesses ends the agent and everything that was ever started in the sandbox.
func (d *Driver) endProcesses(ctx context.Context, id string) error {
	patience := time.Duration(0)
	if d.shutDown(ctx, id) {
		patience = endPatience
	}
	// Without a record, when the daemon was killed before it wrote one, the agent is found by its tag, as everything else is.
	r, err := readRecord(d.layout.record(id))
	if err == nil {
		if err := r.Agent.end(ctx, patience); err != nil {
			return err
		}
	}
	return endRest(ctx, id, r.Cgroup, d.cgroups.dirs(id))
}

// endRest kills what is left of a sandbox without its agent, and removes its cgroups: where this daemon makes them, and where the one
// made them that wrote the record. They are not the same if it was started in another session.
func endRest(ctx context.Context, id string, cgroups ...cgroup.Dirs) error {
	for _, dirs := range cgroups {
		dirs.Kill()
	}
	if _, err := tree.KillTagged(ctx, id); err != nil {
		return fmt.Errorf("cannot kill its processes: %w", err)
	}
	for _, dirs := range cgroups {
		if err := dirs.Remove(ctx); err != nil {
			return err
		}
	}
	return nil
}

// shutDown tells whether the agent has ended everything. If not, whatever the reason, it is done without the agent.
func (d *Driver) shutDown(ctx context.Context, id string) bool {
	if _, err := os.Lstat(d.layout.socket(id)); err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, shutdownTimeout)
	defer cancel()
	client, err := agent.Connect(ctx, d.dial(id), d.layout.token(id))
	if err != nil {
		return false
	}
	defer client.Close()
	_, err = client.Shutdown(ctx, 0)
	return err == nil
}
