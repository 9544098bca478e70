//go:build linux

package main

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// processes are tries to reach other processes.
func processes() map[string]try {
	return map[string]try{
		"signal the agent":            func(t targets) error { return unix.Kill(t.AgentPID, 0) },
		"stop the agent":              func(t targets) error { return stopAndContinue(t.AgentPID) },
		"signal the daemon":           func(t targets) error { return seen(t, unix.Kill(t.Daemon, 0)) },
		"see the daemon":              func(t targets) error { return seen(t, nil) },
		"trace the agent":             func(t targets) error { return unix.PtraceSeize(t.AgentPID) },
		"read the agent's memory":     func(t targets) error { return openFor(os.O_RDWR, t.ofAgent("mem")) },
		"read the agent's variables":  func(t targets) error { return readSome(t.ofAgent("environ")) },
		"read the agent's pages":      func(t targets) error { return peek(t.AgentPID) },
		"see the agent's files":       func(t targets) error { _, err := os.Readlink(t.ofAgent("fd/0")); return err },
		"take the agent's descriptor": func(t targets) error { return takeDescriptor(t.AgentPID) },
		"limit the agent":             func(t targets) error { return limit(t.AgentPID, unix.RLIMIT_NOFILE) },
		"lose the tag":                func(targets) error { return limit(0, unix.RLIMIT_RTTIME) },
		"gain privileges":             gainPrivileges,
	}
}

// seen judges a look at the daemon: another process may have its number here.
func seen(t targets, err error) error {
	if err != nil {
		return err
	}
	line, err := os.ReadFile("/proc/" + strconv.Itoa(t.Daemon) + "/comm")
	if err != nil {
		return err
	}
	if strings.HasPrefix(string(line), "escape") {
		return errors.New("that is a process of the sandbox")
	}
	return nil
}

func stopAndContinue(pid int) error {
	err := unix.Kill(pid, unix.SIGSTOP)
	_ = unix.Kill(pid, unix.SIGCONT)
	return err
}

func readSome(path string) error {
	_, err := os.ReadFile(path)
	return err
}

func peek(pid int) error {
	var word [8]byte
	local := []unix.Iovec{{Base: &word[0], Len: 8}}
	remote := []unix.RemoteIovec{{Base: uintptr(unsafe.Pointer(&word[0])), Len: 8}}
	_, err := unix.ProcessVMReadv(pid, local, remote, 0)
	if errors.Is(err, unix.EFAULT) { // it was looked for
		return nil
	}
	return err
}

func takeDescriptor(pid int) error {
	pidfd, err := unix.PidfdOpen(pid, 0)
	if err != nil {
		return err
	}
	_, err = unix.PidfdGetfd(pidfd, 0, 0)
	return err
}

// limit sets a limit of a process to what it is.
func limit(pid, resource int) error {
	var now unix.Rlimit
	if err := unix.Prlimit(pid, resource, nil, &now); err != nil {
		return err
	}
	return unix.Prlimit(pid, resource, &now, nil)
}

// gainPrivileges looks whether a program that is set-user-id would work.
func gainPrivileges(targets) error {
	if on, err := unix.PrctlRetInt(unix.PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0); err == nil && on == 0 {
		return nil
	}
	return errors.New("no_new_privs is set")
}
