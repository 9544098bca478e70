package local

import (
	"context"
	"os"
	"runtime"
	"slices"

	"golang.org/x/sys/unix"

	"github.com/clockworkd/clockwork/internal/runners"
)

// Describe tells what is in force on this machine.
func (d *Driver) Describe(ctx context.Context) (runners.Description, error) {
	confinement, err := d.confinement(ctx)
	if err != nil {
		return runners.Description{}, err
	}
	return runners.Description{
		Isolation:    confinement.isolation(),
		OS:           runtime.GOOS,
		Arch:         runtime.GOARCH,
		Languages:    runners.FindLanguages(d.base.lookPath),
		Capabilities: append(d.told(confinement), d.capabilities()...),
	}, nil
}

// told is what the newest agent said that it can do, and what was found out about this machine of that which no agent has told.
func (d *Driver) told(c *confinement) (all []runners.Capability) {
	if newest := d.newest.Load(); newest != nil {
		for _, said := range *newest {
			all = append(all, runners.Capability(said))
		}
	}
	for _, found := range c.capabilities {
		if !slices.ContainsFunc(all, func(c runners.Capability) bool { return c.Name == found.Name }) {
			all = append(all, runners.Capability(found))
		}
	}
	return all
}

// capabilities are those of the driver itself.
func (d *Driver) capabilities() []runners.Capability {
	return []runners.Capability{
		d.restartSurvival(),
		d.executableWorkspace(),
		missing("user_isolation", "steps run as the daemon's user", "give such steps to a runner with a stronger isolation"),
		missing("memory_limit", "steps share the machine's memory with everything else",
			"bound all of them together with MemoryMax= in the daemon's unit"),
		missing("cpu_limit", "steps share the machine's processors with everything else",
			"bound all of them together with CPUQuota= in the daemon's unit"),
		missing("process_limit", "steps may start as many processes as the daemon's user may",
			"bound all of them together with TasksMax= in the daemon's unit"),
		missing("open_file_limit", "a process has the daemon's limit", "set LimitNOFILE= in the daemon's unit"),
		missing("file_size_limit", "a file may become as large as the disk allows", "set LimitFSIZE= in the daemon's unit"),
	}
}

func missing(name, detail, remedy string) runners.Capability {
	return runners.Capability{Name: name, Detail: detail, Remedy: remedy}
}

// restartSurvival tells whether steps outlive the daemon.
func (d *Driver) restartSurvival() runners.Capability {
	const name = "restart_survival"
	if container := inContainer(); container != "" {
		return missing(name, "the daemon runs in a container ("+container+"), with which its steps end",
			"run clockworkd on the host, or steps on a runner whose sandboxes are outside of this container")
	}
	return runners.Capability{Name: name, Available: true, Detail: "steps go on while the daemon restarts, and are found again"}
}

// inContainer returns what tells that this is a container; empty if nothing does.
func inContainer() string {
	for _, mark := range []string{"/.dockerenv", "/run/.containerenv", "/var/run/secrets/kubernetes.io"} {
		if _, err := os.Lstat(mark); err == nil {
			return mark
		}
	}
	return ""
}

// executableWorkspace tells whether steps can run a file of the workspace directly.
func (d *Driver) executableWorkspace() runners.Capability {
	const name = "executable_workspace"
	var fs unix.Statfs_t
	if err := unix.Statfs(d.layout.stateDir, &fs); err != nil {
		return missing(name, "cannot find out about "+d.layout.stateDir+": "+err.Error(), "mend the state directory")
	}
	if fs.Flags&unix.ST_NOEXEC != 0 {
		return missing(name, d.layout.stateDir+" is mounted noexec", "choose a state_dir on a file system that allows it")
	}
	return runners.Capability{Name: name, Available: true, Detail: "files in the workspace can be run"}
}
