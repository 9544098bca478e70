package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"google.golang.org/protobuf/types/known/timestamppb"

	"github.com/clockworkd/clockwork/internal/agent/binaries"
	"github.com/clockworkd/clockwork/internal/config"
	"github.com/clockworkd/clockwork/internal/diagnosis"
	"github.com/clockworkd/clockwork/internal/journal"
	"github.com/clockworkd/clockwork/internal/version"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

const (
	// stateRoom and runtimeRoom are how many bytes free there give no cause for concern: a few workspaces and their output, and what one
	// sandbox may hold of unread output.
	stateRoom   = 512 << 20
	runtimeRoom = 64 << 20
)

// Diagnose looks at what the daemon stands on.
func (d *daemon) Diagnose(ctx context.Context) *clockworkv1.DiagnoseResponse {
	c := d.started
	return &clockworkv1.DiagnoseResponse{
		Version:   version.Version,
		StartTime: timestamppb.New(d.began),
		Findings: []*clockworkv1.DaemonFinding{
			d.diagnoseConfiguration(),
			diagnosis.Directory("state_dir", "state_dir", c.StateDir),
			diagnosis.Disk("state_disk", c.StateDir, stateRoom),
			diagnosis.Directory("runtime_dir", "runtime_dir", c.RuntimeDir),
			diagnosis.Disk("runtime_disk", c.RuntimeDir, runtimeRoom),
			d.diagnoseJournal(ctx),
			d.diagnoseQueue(),
			diagnosis.OpenFiles("open_files", d.fewerSandboxes()),
			diagnoseAgents(),
			diagnoseService(),
		},
	}
}

// diagnoseConfiguration compares what is in force with what the file says now. What is wrong with it is not told here: it may be a secret
// in the wrong place.
func (d *daemon) diagnoseConfiguration() *clockworkv1.DaemonFinding {
	const name = "configuration"
	file := cmp.Or(d.started.File, "FILE")
	next, err := config.Load(d.sources)
	if err != nil {
		return diagnosis.Warning(name, "it cannot be read again as it is now; what was read before is in force",
			"mend it before the daemon is started again: clockworkd config check "+file+" names what is wrong")
	}
	reload, _ := sorted(config.Changed(d.current.Load(), next))
	_, restart := sorted(config.Changed(d.started, next))
	switch {
	case len(restart) > 0:
		return diagnosis.Warning(name, file+" has changed: "+strings.Join(append(reload, restart...), ", "), "restart the daemon, so that it takes effect")
	case len(reload) > 0:
		return diagnosis.Warning(name, file+" has changed: "+strings.Join(reload, ", "), "send the daemon SIGHUP (systemctl reload clockworkd), so that it takes effect")
	case d.started.File == "":
		return diagnosis.OK(name, "no file: the defaults, the flags and the environment")
	default:
		return diagnosis.OK(name, file)
	}
}

func (d *daemon) diagnoseJournal(ctx context.Context) *clockworkv1.DaemonFinding {
	const name = "journal"
	reserved, err := d.journal.Check(ctx)
	switch {
	case errors.Is(err, journal.ErrFull):
		return diagnosis.Problem(name, err.Error()+"; new executions are refused and output waits",
			"make room on the disk of "+d.started.StateDir+", or keep less: see retention in the configuration")
	case err != nil:
		return diagnosis.Problem(name, err.Error(), "look after the disk of "+d.started.StateDir+", then restart the daemon")
	case reserved == 0:
		return diagnosis.Warning(name, "it takes what is written, but no room can be set aside for the time when its disk is full",
			"choose a state_dir on a file system that has fallocate(2): ext4, xfs, btrfs, tmpfs")
	default:
		return diagnosis.OK(name, "it takes what is written; "+diagnosis.Size(uint64(reserved))+" are set aside for the time when its disk is full")
	}
}

func (d *daemon) diagnoseQueue() *clockworkv1.DaemonFinding {
	const name = "queue"
	load := d.executor.Load()
	detail := fmt.Sprintf("executions: %d have not ended, of which %d wait for a sandbox; at most %d may wait", load.Live, load.Queued, load.MaxQueued)
	switch {
	case load.Draining:
		return diagnosis.Problem(name, detail+"; the daemon is ending and takes nothing new", "wait for the next daemon")
	case load.Queued >= load.MaxQueued:
		return diagnosis.Problem(name, detail+": new executions are refused",
			"wait, cancel some, or raise limits.queued_executions or the runners' pool.max in the configuration")
	default:
		return diagnosis.OK(name, detail)
	}
}

// fewerSandboxes says which runners have fewer sandboxes than configured because too few files may be open; empty: none.
func (d *daemon) fewerSandboxes() string {
	var fewer []string
	for i, runner := range d.runners.All() {
		if have, want := runner.Options().Pool.Max, d.started.Runners[i].Pool.Max; have < want {
			fewer = append(fewer, fmt.Sprintf("%s %d instead of %d", runner.Name(), have, want))
		}
	}
	if len(fewer) == 0 {
		return ""
	}
	return "runners have fewer sandboxes at once because of that: " + strings.Join(fewer, ", ")
}

func diagnoseAgents() *clockworkv1.DaemonFinding {
	const name = "agents"
	agents, err := binaries.Beside()
	if err == nil {
		_, err = agents.Host()
	}
	if err != nil {
		return diagnosis.Problem(name, err.Error(), "install the agents that belong to this clockworkd")
	}
	return diagnosis.OK(name, "for "+strings.Join(agents.Platforms(), ", "))
}

func diagnoseService() *clockworkv1.DaemonFinding {
	cgroup, err := os.ReadFile("/proc/self/cgroup")
	if err != nil { // then it belongs to no unit that could be told
		cgroup = nil
	}
	return diagnosis.Service("service", string(cgroup), os.Getenv("INVOCATION_ID"))
}
