package diagnosis

import (
	"path"
	"strings"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Service says who starts this process again when it has ended. Cgroup is the content of /proc/self/cgroup (cgroups(7)), invocation
// systemd's $INVOCATION_ID (systemd.exec(5)). What a cgroup limits is told by the runners that use it.
func Service(name, cgroup, invocation string) *clockworkv1.DaemonFinding {
	switch unit := unitOf(cgroup); {
	case strings.HasSuffix(unit, ".service") && invocation != "":
		return OK(name, "systemd runs it as "+unit)
	case strings.HasSuffix(unit, ".scope"):
		return OK(name, "nothing starts it again by itself; it belongs to "+unit+", and ends with that where the host ends what users leave behind (KillUserProcesses= in logind.conf(5))")
	default:
		return OK(name, "nothing starts it again by itself")
	}
}

// unitOf is the innermost systemd unit among a process's cgroups; empty: none.
func unitOf(cgroup string) string {
	for line := range strings.Lines(cgroup) {
		hierarchy, group, _ := strings.Cut(strings.TrimSpace(line), ":")
		controllers, group, _ := strings.Cut(group, ":")
		if hierarchy != "0" && controllers != "name=systemd" { // those are the ones that systemd sorts processes by
			continue
		}
		for ; len(group) > 1; group = path.Dir(group) {
			if unit := path.Base(group); strings.HasSuffix(unit, ".service") || strings.HasSuffix(unit, ".scope") {
				return unit
			}
		}
	}
	return ""
}
