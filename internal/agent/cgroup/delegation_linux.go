package cgroup

import "golang.org/x/sys/unix"

// isMarkedDelegated tells whether systemd says so: it sets these attributes on what a unit with Delegate=yes gets (systemd.io/CGROUP_DELEGATION).
func isMarkedDelegated(dir string) bool {
	for _, name := range []string{"user.delegate", "trusted.delegate"} {
		var value [1]byte
		if n, err := unix.Getxattr(dir, name, value[:]); err == nil && n == 1 && value[0] == '1' {
			return true
		}
	}
	return false
}
