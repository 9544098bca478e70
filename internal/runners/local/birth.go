package local

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// birth is what an agent is born into: what no process can do to itself once it has threads.
type birth struct {
	user      bool // a user namespace
	processes bool // a PID namespace, with a mount namespace for its /proc
	noMounts  bool // no mount namespace is to be tried, as it has failed
}

// births are the ways in which the agents of steps that are confined can be born, the strongest first.
func (d *Driver) births() []birth {
	if !d.plan(birth{}).Confines() {
		return []birth{{}}
	}
	return []birth{{user: true, processes: true}, {processes: true}, {user: true}, {}, {noMounts: true}}
}

func isRoot() bool { return os.Geteuid() == 0 }

// borrowed are the capabilities that the agent of an ordinary user has in its user namespace until everything is set up: to mount, to raise a loopback
// interface, to give up capabilities, to forbid further user namespaces.
var borrowed = []uintptr{unix.CAP_SYS_ADMIN, unix.CAP_NET_ADMIN, unix.CAP_SETPCAP, unix.CAP_SYS_RESOURCE}

// attributes are how a process is started so.
func (b birth) attributes() (*syscall.SysProcAttr, error) {
	attr := &syscall.SysProcAttr{Setsid: true}
	if b.processes {
		attr.Cloneflags |= syscall.CLONE_NEWPID | syscall.CLONE_NEWNS
	}
	if !b.user {
		return attr, nil
	}
	attr.Cloneflags |= syscall.CLONE_NEWUSER
	if !isRoot() {
		attr.AmbientCaps = borrowed
		attr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		attr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
		return attr, nil
	}
	var err1, err2 error
	attr.UidMappings, err1 = sameIDs("/proc/self/uid_map")
	attr.GidMappings, err2 = sameIDs("/proc/self/gid_map")
	attr.GidMappingsEnableSetgroups = true
	return attr, errors.Join(err1, err2)
}

// sameIDs reads which ids there are, see user_namespaces(7), and maps each to itself.
func sameIDs(path string) ([]syscall.SysProcIDMap, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("cannot find out which users there are: %v", err)
	}
	var all []syscall.SysProcIDMap
	for line := range strings.Lines(string(content)) {
		const first, size, fields = 0, 2, 3
		words := strings.Fields(line)
		if len(words) != fields {
			continue
		}
		from, err1 := strconv.Atoi(words[first])
		count, err2 := strconv.Atoi(words[size])
		if err := errors.Join(err1, err2); err != nil {
			return nil, fmt.Errorf("cannot understand %s: %v", path, err)
		}
		all = append(all, syscall.SysProcIDMap{ContainerID: from, HostID: from, Size: count})
	}
	return all, nil
}

// runAgent runs the agent's binary, born so, to its end.
func (d *Driver) runAgent(ctx context.Context, b birth, input []byte, args ...string) ([]byte, error) {
	attr, err := b.attributes()
	if err != nil {
		return nil, err
	}
	var said bytes.Buffer
	cmd := exec.CommandContext(ctx, d.options.AgentPath, args...)
	cmd.Env, cmd.Dir, cmd.SysProcAttr = []string{}, "/", attr
	cmd.Stdin, cmd.Stderr = bytes.NewReader(input), &said
	output, err := cmd.Output()
	if err != nil {
		return nil, explained(err, said.String())
	}
	return output, nil
}
