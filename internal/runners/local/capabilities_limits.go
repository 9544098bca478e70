package local

import (
	"fmt"
	"os"

	"github.com/clockworkd/clockwork/internal/runners"
)

type limitCapability = runners.Capability

// limitCapabilities tells which limits can be set here. What was found out when the driver was made holds as long as the daemon lives.
func (d *Driver) limitCapabilities() []limitCapability {
	return []limitCapability{d.memoryLimit(), d.cpuLimit(), d.processLimit(), openFileLimit(), fileSizeLimit(), d.measures()}
}

// delegate is what an administrator does about missing cgroups.
const delegate = "run the daemon as the units of deploy/systemd do, or for a try: " +
	"systemd-run [--user] --scope -p Delegate=yes clockworkd"

func (d *Driver) memoryLimit() limitCapability {
	const name = "memory_limit"
	if why := d.cgroups.lacks("memory"); why != nil {
		return missing(name, fmt.Sprintf("there is no cgroup with the memory controller for a sandbox (%v)", why), delegate)
	}
	return inForce(name, "%s holds all processes of a sandbox together, its agent apart; what exceeds it is killed, and the result says so%s",
		d.cgroupVersion(), d.wayOut())
}

func (d *Driver) cpuLimit() limitCapability {
	const name = "cpu_limit"
	if why := d.cgroups.lacks("cpu"); why != nil {
		return missing(name, fmt.Sprintf("there is no cgroup with the cpu controller for a sandbox (%v)", why),
			delegate+"; for a user's own manager, let user@.service have Delegate=cpu memory pids")
	}
	return inForce(name, "%s gives all processes of a sandbox together a share of the processors%s", d.cgroupVersion(), d.wayOut())
}

func (d *Driver) processLimit() limitCapability {
	const name = "process_limit"
	why := d.cgroups.lacks("pids")
	switch {
	case why == nil:
		return inForce(name, "%s counts all processes and threads of a sandbox together%s", d.cgroupVersion(), d.wayOut())
	case os.Getuid() == 0:
		return missing(name, fmt.Sprintf("there is no cgroup with the pids controller for a sandbox (%v), and RLIMIT_NPROC does not hold root", why), delegate)
	default:
		return inForce(name, "RLIMIT_NPROC, which counts all processes and threads of the user: a sandbox may have so many more than there were when "+
			"it was made; that it was reached cannot be told (%v)", why)
	}
}

func openFileLimit() limitCapability {
	return inForce("open_file_limit", "RLIMIT_NOFILE of each process, which who has CAP_SYS_RESOURCE may raise; that it was reached cannot be told")
}

func fileSizeLimit() limitCapability {
	return inForce("file_size_limit", "RLIMIT_FSIZE of each process, which who has CAP_SYS_RESOURCE may raise; SIGXFSZ ends what exceeds it")
}

func (d *Driver) measures() limitCapability {
	const name = "measures"
	if why := d.cgroups.lacks("memory"); why != nil {
		return missing(name, fmt.Sprintf("CPU time, input and output are measured; the peak memory of a step is not, only the largest process above "+
			"what the agent itself uses (%v)", why), delegate)
	}
	return inForce(name, "CPU time, input and output, and by %s the peak memory of each step with all that it starts", d.cgroupVersion())
}

// wayOut says what limits by cgroups do not hold: whoever may write to their files may also move there.
func (d *Driver) wayOut() string {
	if !d.options.AllowFileWrite {
		return ""
	}
	return "; a step that sets out to leave it can, as it may write what its user may, unless allow_file_write is false"
}

func (d *Driver) cgroupVersion() string {
	return fmt.Sprintf("a cgroup (version %d)", d.cgroups.realm.Version())
}

func inForce(name, format string, args ...any) limitCapability {
	return limitCapability{Name: name, Available: true, Detail: fmt.Sprintf(format, args...)}
}
