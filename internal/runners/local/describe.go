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
		Capabilities: slices.Concat(d.told(confinement), d.capabilities(), d.limitCapabilities()),
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
		d.userIsolation(),
	}
}

func missing(name, detail, remedy string) runners.Capability {
	return runners.Capability{Name: name, Detail: detail, Remedy: remedy}
}

// userIsolation tells whether steps are another user's than the daemon.
func (d *Driver) userIsolation() runners.Capability {
	const name = "user_isolation"
	if u := d.options.User; u != nil {
		return runners.Capability{Name: name, Available: true, Detail: "steps run as " + u.String()}
	}
	remedy := "set user"
	if !isRoot() {
		remedy = "run clockworkd as root, and set user"
	}
	return missing(name, "steps run as the daemon's user", remedy)
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
