package engine

import "github.com/clockworkd/clockwork/internal/runners"

// capabilities are what the engine and the options make of a sandbox.
func (d *Driver) capabilities(facts Facts) []runners.Capability {
	delegate := "use an engine on a system whose cgroups it may use"
	if facts.Rootless {
		delegate = "run the engine with root's rights, or on cgroup v2 with its controllers delegated"
	}
	return []runners.Capability{
		can("restart_survival", "steps go on while the daemon restarts, and are found again"),
		d.network(),
		d.fileWrites(),
		d.processes(),
		d.users(facts),
		can("private_tmp", "a sandbox has a directory for temporary files of its own"),
		can("executable_workspace", "files in the workspace can be run"),
		either("rootless", facts.Rootless, "the engine runs without root's rights", "the engine has root's rights",
			"use an engine that runs as an ordinary user"),
		either("memory_limit", facts.MemoryLimit, "all processes of a sandbox together, by its cgroup", "the engine does not enforce it", delegate),
		either("cpu_limit", facts.CPULimit, "all processes of a sandbox together, by its cgroup", "the engine does not enforce it", delegate),
		either("process_limit", facts.TaskLimit, "all processes of a sandbox together, by its cgroup", "the engine does not enforce it", delegate),
		can("open_file_limit", "each process of a step"),
		can("file_size_limit", "each process of a step"),
		either("gpu", facts.GPUs != "", "by "+facts.GPUs, "the engine names no support for GPUs",
			"install the vendor's container toolkit on the engine's host"),
	}
}

func (d *Driver) network() runners.Capability {
	const name = "network_isolation"
	switch mode := d.options.Settings.NetworkMode; {
	case !d.options.AllowNetwork || mode == "none":
		return can(name, "a sandbox has no network")
	case mode == "host":
		return cannot(name, "steps use the network of the engine's host", "choose another network_mode, or allow_network: false")
	}
	return cannot(name, "a sandbox has a network of its own, from which others can be reached", "set allow_network: false")
}

func (d *Driver) fileWrites() runners.Capability {
	const name = "file_write_isolation"
	if d.readOnly() {
		return can(name, "steps write in their workspace, and in the volumes that are not read-only")
	}
	return can(name, "what steps write ends with the sandbox, but in volumes")
}

func (d *Driver) processes() runners.Capability {
	const name = "process_isolation"
	if d.options.Settings.Privileged {
		return cannot(name, "steps have the rights of the engine's host: the runner is privileged", "set privileged: false")
	}
	return can(name, "a sandbox has processes of its own, and sees no others")
}

func (d *Driver) users(facts Facts) runners.Capability {
	const name = "user_isolation"
	switch {
	case facts.Rootless && !d.options.Settings.Privileged:
		return can(name, "no user of a sandbox has rights on the engine's host beyond those of the engine's own user")
	case facts.UserNamespace && !d.options.Settings.Privileged:
		return can(name, "no user of a sandbox is one of the engine's host")
	}
	return cannot(name, "root in a sandbox is root of the engine's host, with fewer rights",
		"use an engine without root's rights, or one that maps users (userns-remap)")
}

func can(name, detail string) runners.Capability {
	return runners.Capability{Name: name, Available: true, Detail: detail}
}

func cannot(name, detail, remedy string) runners.Capability {
	return runners.Capability{Name: name, Detail: detail, Remedy: remedy}
}

func either(name string, available bool, detail, otherwise, remedy string) runners.Capability {
	if available {
		return can(name, detail)
	}
	return cannot(name, otherwise, remedy)
}
