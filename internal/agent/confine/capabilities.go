package confine

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// Capabilities tells what is in force for what the thread starts, and what is not and why. It is complete after Restrict. A nil Thread confines
// nothing.
func (t *Thread) Capabilities() []*agentv1.Capability {
	if t == nil {
		t = &Thread{}
	}
	p, r := t.plan, t.report
	return []*agentv1.Capability{
		r.networkIsolation(p), r.writeIsolation(p), r.readIsolation(p), r.processIsolation(p),
		r.privilegeIsolation(), r.systemCallFilter(p), r.privateTemporary(p),
	}
}

func inForce(name, format string, args ...any) *agentv1.Capability {
	return &agentv1.Capability{Name: name, Available: true, Detail: fmt.Sprintf(format, args...)}
}

func missing(name, detail, remedy string) *agentv1.Capability {
	return &agentv1.Capability{Name: name, Detail: detail, Remedy: remedy}
}

// all puts the parts of a detail together that are there.
func all(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), "; ")
}

// when is a part of a detail that holds on a condition.
func when(condition bool, text string) string {
	if condition {
		return text
	}
	return ""
}

func (r report) networkIsolation(p Plan) *agentv1.Capability {
	const name = "network_isolation"
	switch {
	case !p.DenyNetwork:
		return missing(name, "steps use the machine's network", "set allow_network: false")
	case !r.network:
		return inForce(name, "no socket can be made, not even on loopback: by a filter of system calls, as there is no network namespace (%s)", r.noNetwork)
	case !r.mounts:
		return inForce(name, "a network namespace with a loopback interface of its own; no Unix socket can be made, as there is no mount namespace "+
			"that hides those of services (%s)", r.noMounts)
	default:
		return inForce(name, "a network namespace with a loopback interface of its own; the Unix sockets of services in /run and those that "+
			"listened elsewhere when the sandbox was made are hidden")
	}
}

func (r report) writeIsolation(p Plan) *agentv1.Capability {
	const name = "file_write_isolation"
	truncation := r.landlock > 0 && r.landlock < 3
	switch {
	case !p.DenyWrites:
		return missing(name, "steps may write what their user may", "set allow_file_write: false")
	case r.readOnly:
		return inForce(name, "all but the workspace, the sandbox's HOME and its /tmp is mounted read-only%s",
			when(r.landlockFiles, fmt.Sprintf(", and denied by Landlock (ABI %d)", r.landlock)))
	default:
		return inForce(name, "%s", all(fmt.Sprintf("Landlock (ABI %d) denies all but the workspace, the sandbox's HOME and its TMPDIR", r.landlock),
			"mode, owner and times of the user's own files can still be changed, as there is no mount namespace ("+r.noMounts+")",
			when(truncation, "such files can be truncated, which this ABI cannot deny"),
			when(r.landlock == 1, "files cannot be moved from one directory to another")))
	}
}

func (r report) readIsolation(p Plan) *agentv1.Capability {
	const name = "file_read_isolation"
	if len(p.ReadPaths) == 0 {
		return missing(name, "steps may read what their user may", "set read_paths")
	}
	return inForce(name, "Landlock (ABI %d) denies all but the workspace, the system's programs and read_paths", r.landlock)
}

func (r report) processIsolation(p Plan) *agentv1.Capability {
	const name, ask = "process_isolation", "set harden: true"
	signals := r.landlock >= scopesVersion
	switch {
	case !p.Confines():
		return missing(name, "steps see all processes, and may signal those of their user", ask)
	case r.processes:
		return inForce(name, "a PID namespace: steps see and signal the processes of their sandbox alone%s",
			when(signals || r.filter, "; its agent is out of their reach, too"))
	case signals:
		return inForce(name, "Landlock (ABI %d): steps see all processes, but signal and trace those of their sandbox alone; there is no PID namespace (%s)",
			r.landlock, p.NoProcesses)
	default:
		return missing(name, all("there is no PID namespace ("+p.NoProcesses+")",
			cmp.Or(r.noLandlock, "Landlock keeps no signals back before Linux 6.12")), cmp.Or(p.Remedy, "run a newer kernel"))
	}
}

// scopesVersion is the version of Landlock's ABI that knows scopes of abstract sockets and of signals.
const scopesVersion = 6

func (r report) privilegeIsolation() *agentv1.Capability {
	const name = "no_new_privileges"
	if !r.noNewPrivileges {
		return missing(name, "programs that are set-user-id, sudo for one, work as usual", "set harden: true")
	}
	return inForce(name, "no program gives steps more rights than they have; root has no capability that reaches the kernel, devices or other users' processes")
}

func (r report) systemCallFilter(p Plan) *agentv1.Capability {
	const name = "system_call_filter"
	switch {
	case r.filter:
		return inForce(name, "%d rules refuse what no build needs: modules, mounts, namespaces, BPF, keyrings, io_uring and the like", r.rules)
	case !p.Confines():
		return missing(name, "steps may make every system call that their user may", "set harden: true")
	default:
		return missing(name, r.noFilter, "run a kernel with seccomp filters (CONFIG_SECCOMP_FILTER)")
	}
}

func (r report) privateTemporary(p Plan) *agentv1.Capability {
	const name = "private_tmp"
	switch {
	case r.privateTmp:
		return inForce(name, "/tmp and /var/tmp are the sandbox's own")
	case p.PrivateTmp == "":
		return missing(name, "steps share /tmp with the machine; TMPDIR is the sandbox's own", "set allow_network: false, allow_file_write: false or user")
	default:
		return missing(name, "there is no mount namespace: "+r.noMounts, cmp.Or(p.Remedy, "let the daemon have CAP_SYS_ADMIN"))
	}
}
