//go:build linux

package main

import (
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// kernel are tries to use system calls that are refused. An answer other than the filter's means that the kernel looked at the call.
func kernel() map[string]try {
	all := map[string]try{
		"type into a terminal":  func(targets) error { return call(unix.SYS_IOCTL, 0, unix.TIOCSTI) },
		"make namespaces":       func(targets) error { return call(unix.SYS_CLONE, unix.CLONE_NEWUSER|uintptr(unix.SIGCHLD), 0) },
		"make namespaces anew":  cloneAnew,
		"use another interface": otherInterface,
	}
	for name, flag := range map[string]uintptr{
		"user": unix.CLONE_NEWUSER, "mount": unix.CLONE_NEWNS, "PID": unix.CLONE_NEWPID, "network": unix.CLONE_NEWNET,
		"IPC": unix.CLONE_NEWIPC, "UTS": unix.CLONE_NEWUTS, "cgroup": unix.CLONE_NEWCGROUP,
	} {
		all["enter a "+name+" namespace of its own"] = func(targets) error { return call(unix.SYS_UNSHARE, flag, 0) }
	}
	for name, number := range map[string]uintptr{
		"mount": unix.SYS_MOUNT, "umount": unix.SYS_UMOUNT2, "pivot_root": unix.SYS_PIVOT_ROOT, "fsopen": unix.SYS_FSOPEN,
		"open_tree": unix.SYS_OPEN_TREE, "move_mount": unix.SYS_MOVE_MOUNT, "mount_setattr": unix.SYS_MOUNT_SETATTR, "setns": unix.SYS_SETNS,
		"init_module": unix.SYS_INIT_MODULE, "finit_module": unix.SYS_FINIT_MODULE, "kexec_load": unix.SYS_KEXEC_LOAD, "bpf": unix.SYS_BPF,
		"perf_event_open": unix.SYS_PERF_EVENT_OPEN, "keyctl": unix.SYS_KEYCTL, "add_key": unix.SYS_ADD_KEY, "userfaultfd": unix.SYS_USERFAULTFD,
		"io_uring_setup": unix.SYS_IO_URING_SETUP, "reboot": unix.SYS_REBOOT, "swapon": unix.SYS_SWAPON, "settimeofday": unix.SYS_SETTIMEOFDAY,
		"open_by_handle_at": unix.SYS_OPEN_BY_HANDLE_AT, "syslog": unix.SYS_SYSLOG,
	} {
		all["call "+name] = func(targets) error { return call(number, 0, 0) }
	}
	return all
}

// call makes a call, which was refused if the error is that of the filter. Every other one is about the arguments.
func call(number, first, second uintptr) error {
	runtime.LockOSThread() // for ever: what came of it may belong to this thread
	result, _, failed := unix.RawSyscall(number, first, second, 0)
	if failed == unix.EPERM || failed == unix.ENOSYS {
		return failed
	}
	if number == unix.SYS_CLONE && failed == 0 && result == 0 {
		endChild()
	}
	return nil
}

// endChild ends a process that has nothing of Go's runtime.
func endChild() { _, _, _ = unix.RawSyscall(unix.SYS_EXIT_GROUP, 0, 0, 0) }

// cloneAnew makes a user namespace by clone3, whose arguments lie in memory, see clone(2).
func cloneAnew(targets) error {
	arguments := [11]uint64{0: unix.CLONE_NEWUSER, 4: uint64(unix.SIGCHLD)}
	runtime.LockOSThread()
	pid, _, failed := unix.RawSyscall(unix.SYS_CLONE3, uintptr(unsafe.Pointer(&arguments)), unsafe.Sizeof(arguments), 0)
	switch {
	case failed != 0:
		return failed
	case pid == 0:
		endChild()
	}
	return nil
}

// otherInterface makes a call that is refused by the number that x32 has for it.
func otherInterface(targets) error {
	if runtime.GOARCH != "amd64" {
		return errors.New("there is no other one")
	}
	if _, _, failed := unix.RawSyscall(0x40000000|unix.SYS_GETPID, 0, 0, 0); failed != 0 {
		return fmt.Errorf("x32: %w", failed)
	}
	return nil
}
