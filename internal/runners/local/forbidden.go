package local

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"golang.org/x/sys/unix"
)

// explained puts into words why a process could not be born, or what it said of itself.
func explained(err error, said string) error {
	if _, ran := errors.AsType[*exec.ExitError](err); ran {
		return errors.New(strings.TrimPrefix(strings.TrimSpace(said), "clockwork-agent: "))
	}
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EINVAL) {
		return fmt.Errorf("namespaces cannot be made: %w", err)
	}
	return err
}

// switches are what forbids ordinary users to make namespaces, on the distributions that have them, and when they do.
var switches = []struct{ file, forbids, remedy string }{
	{"/proc/sys/kernel/unprivileged_userns_clone", "0", "sysctl -w kernel.unprivileged_userns_clone=1"},
	{"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", "1", "give clockwork-agent an AppArmor profile that allows userns, or: sysctl -w kernel.apparmor_restrict_unprivileged_userns=0"},
	{"/proc/sys/user/max_user_namespaces", "0", "sysctl -w user.max_user_namespaces=15000"},
}

// remedy is what an administrator can do so that agents are born into namespaces.
func remedy() string {
	for _, s := range switches {
		if value, err := os.ReadFile(s.file); err == nil && strings.TrimSpace(string(value)) == s.forbids {
			return s.remedy
		}
	}
	if container := inContainer(); container != "" {
		return "run clockworkd on the host, or give its container CAP_SYS_ADMIN and an unmasked /proc"
	}
	return "let the daemon make user namespaces, or run it as root"
}
