package cgroup

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// daemonCgroup is where a daemon lies in a cgroup that was delegated to it, for a cgroup with controllers has no processes of its own.
const daemonCgroup = "daemon"

// errNotDelegated is why there can be no cgroups of ours.
var errNotDelegated = errors.New("the daemon's own cgroup is not its to divide")

// claimUnified returns the directory below which sandboxes have their cgroups, with the controllers enabled.
func claimUnified(own string) (string, error) {
	root, err := delegatedRoot(own)
	if err != nil {
		return "", err
	}
	for _, controller := range words(filepath.Join(root, "cgroup.controllers")) {
		if isOfUse(controller) {
			_ = write(root, "cgroup.subtree_control", "+"+controller) // try tells what comes of it
		}
	}
	return root, nil
}

func delegatedRoot(own string) (string, error) {
	if dir, ok := sandboxesUnit(own); ok {
		return dir, nil
	}
	if parent := filepath.Dir(own); filepath.Base(own) == daemonCgroup && writable(parent) {
		return parent, nil
	}
	if isRoot(own) {
		return own, nil
	}
	if !writable(own) || (!isMarkedDelegated(own) && !isAlone(own)) {
		return "", fmt.Errorf("%w: %s", errNotDelegated, own)
	}
	return own, evacuate(own)
}

// sandboxesUnit returns the cgroup of the unit that holds the sandboxes of a daemon that is a unit itself: NAME-sandboxes.service beside
// NAME.service, see deploy/systemd. To start processes there, the daemon has to be able to write to cgroup.procs of what is above both.
func sandboxesUnit(own string) (string, bool) {
	unit, ok := strings.CutSuffix(own, ".service")
	dir := unit + "-sandboxes.service"
	return dir, ok && writable(dir) && writable(filepath.Dir(own))
}

// writable tells whether this process may make cgroups in a directory and move processes there.
func writable(dir string) bool {
	file, err := os.OpenFile(filepath.Join(dir, "cgroup.procs"), os.O_WRONLY, 0)
	if err != nil {
		return false
	}
	return file.Close() == nil
}

// isRoot tells whether it is the root of the hierarchy, which may have processes beside controllers. It alone has no such file.
func isRoot(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, "cgroup.events"))
	return errors.Is(err, fs.ErrNotExist)
}

// isAlone tells whether no other process is in a cgroup, nor below it.
func isAlone(dir string) bool {
	pids := words(filepath.Join(dir, "cgroup.procs"))
	return len(pids) == 1 && pids[0] == strconv.Itoa(os.Getpid())
}

// evacuate moves all processes of a cgroup into one below.
func evacuate(dir string) error {
	below := filepath.Join(dir, daemonCgroup)
	if err := os.Mkdir(below, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("cannot divide the daemon's own cgroup: %w", err)
	}
	for pids := words(filepath.Join(dir, "cgroup.procs")); len(pids) > 0; {
		for _, pid := range pids {
			if err := write(below, "cgroup.procs", pid); err != nil && pid == strconv.Itoa(os.Getpid()) {
				return fmt.Errorf("cannot divide the daemon's own cgroup: %w", err)
			}
		}
		left := words(filepath.Join(dir, "cgroup.procs"))
		if slices.Equal(left, pids) {
			return fmt.Errorf("cannot divide the daemon's own cgroup: process %s cannot be moved", left[0])
		}
		pids = left
	}
	return nil
}
