package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/docker/docker/api/types/system"
)

// Facts are what an engine says of itself.
type Facts struct {
	Version  string
	OS, Arch string
	Rootless bool
	SELinux  bool
	// UserNamespace tells whether the users of containers are others than those of the engine's host.
	UserNamespace bool
	// MemoryLimit, CPULimit and TaskLimit tell which limits it enforces.
	MemoryLimit, CPULimit, TaskLimit bool
	// GPUs says what it can give GPUs with; empty: nothing is known of.
	GPUs string
}

// Facts asks the engine what it can do, once.
func (d *Driver) Facts(ctx context.Context) (Facts, error) {
	if known := d.engine.Load(); known != nil {
		return *known, nil
	}
	info, err := d.flavour.Client.Info(ctx)
	if err != nil {
		return Facts{}, d.fault("ask the engine what it can do", err)
	}
	facts := readFacts(info)
	if d.flavour.Rootless != nil {
		if facts.Rootless, err = d.flavour.Rootless(ctx); err != nil {
			return Facts{}, d.fault("ask the engine whether it has root's rights", err)
		}
	}
	if facts.Rootless && info.CgroupVersion == "1" { // which only root can delegate; Podman does not say so
		facts.MemoryLimit, facts.CPULimit, facts.TaskLimit = false, false, false
	}
	d.engine.Store(&facts)
	return facts, nil
}

func readFacts(info system.Info) Facts {
	has := func(option string) bool {
		return slices.ContainsFunc(info.SecurityOptions, func(said string) bool {
			return said == option || said == "name="+option || strings.HasPrefix(said, "name="+option+",")
		})
	}
	facts := Facts{
		Version: info.ServerVersion, OS: info.OSType, Arch: goArch(info.Architecture), Rootless: has("rootless"), SELinux: has("selinux"),
		UserNamespace: has("userns"),
		MemoryLimit:   info.MemoryLimit, CPULimit: info.CPUCfsQuota, TaskLimit: info.PidsLimit,
	}
	if _, found := info.Runtimes["nvidia"]; found {
		facts.GPUs = "the nvidia runtime"
	} else if len(info.CDISpecDirs) > 0 {
		facts.GPUs = "CDI, with specifications in " + strings.Join(info.CDISpecDirs, ", ")
	}
	return facts
}

// goArch returns Go's name of what uname calls a machine, as far as agents exist for it.
func goArch(machine string) string {
	switch machine {
	case "x86_64":
		return "amd64"
	case "aarch64":
		return "arm64"
	}
	return machine
}

// accept says which of the options this engine cannot honour. To ignore one would be worse.
func (d *Driver) accept(facts Facts) error {
	remedy := "remove the option, or use an engine that can"
	if facts.Rootless {
		remedy = "without root's rights an engine needs cgroup v2 with its controllers delegated (docs.docker.com/go/rootless, \"Limiting resources\")"
	}
	for _, asked := range []struct {
		option   string
		yes, can bool
	}{
		{"resource_limits.memory", d.options.Limits.MemoryBytes > 0, facts.MemoryLimit},
		{"resource_limits.cpus", d.options.Limits.CPUs > 0, facts.CPULimit},
		{"resource_limits.processes", d.options.Limits.Processes > 0, facts.TaskLimit},
	} {
		if asked.yes && !asked.can {
			return fmt.Errorf("cannot enforce %s: %s does not; %s", asked.option, d.flavour.Kind, remedy)
		}
	}
	if d.flavour.Accept != nil {
		return d.flavour.Accept(facts)
	}
	return nil
}
