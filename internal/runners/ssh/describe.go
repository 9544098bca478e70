package ssh

import (
	"context"
	"fmt"

	"github.com/clockworkd/clockwork/internal/runners"
)

// Describe tells what is in force on the host. The first call has to reach it.
func (d *Driver) Describe(ctx context.Context) (runners.Description, error) {
	h, err := d.hostOf(ctx, func(string) {})
	if err != nil {
		return runners.Description{}, mark(fmt.Errorf("cannot describe %s: %w", d.options.Host, err))
	}
	return runners.Description{
		Isolation:    runners.IsolationNone,
		OS:           h.os,
		Arch:         h.arch,
		RemoteHost:   d.options.Host,
		Languages:    h.languages,
		Capabilities: d.capabilities(h),
	}, nil
}

// strongerRunner is the remedy for everything that only a stronger isolation gives.
const strongerRunner = "give such steps to a runner with a stronger isolation"

func (d *Driver) capabilities(h *host) []runners.Capability {
	all := []runners.Capability{
		{Name: "restart_survival", Available: true, Detail: "steps go on while the daemon restarts or the line is down, and are found again"},
		missing("network_isolation", "steps use the host's network", strongerRunner),
		missing("file_write_isolation", "steps may read and write what the host's user may", strongerRunner),
		missing("user_isolation", "executions run as one user of the host, and see each other's processes and files",
			"give executions that must not meet runners with other users, or "+strongerRunner),
	}
	if h.execDir == h.workDir+"/agents" {
		return append(all, runners.Capability{Name: "executable_workspace", Available: true, Detail: "files in the workspace can be run"})
	}
	return append(all, missing("executable_workspace", h.workDir+" is mounted noexec on the host",
		"give remote_work_dir a path on a file system that allows it"))
}

func missing(name, detail, remedy string) runners.Capability {
	return runners.Capability{Name: name, Detail: detail, Remedy: remedy}
}
