//go:build linux

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// files are tries to change what is outside of the workspace.
func files() map[string]try {
	return map[string]try{
		"create a file":             func(t targets) error { return create(filepath.Join(t.Dir, "created")) },
		"write to a file":           func(t targets) error { return overwrite(t.File) },
		"truncate a file":           func(t targets) error { return os.Truncate(t.File, 1) },
		"change a mode":             func(t targets) error { return os.Chmod(t.File, 0o666) },
		"change times":              func(t targets) error { return os.Chtimes(t.File, time.Unix(1, 0), time.Unix(1, 0)) },
		"set an attribute":          func(t targets) error { return unix.Setxattr(t.File, "user.escape", []byte("x"), 0) },
		"rename a file":             func(t targets) error { return thereAndBack(t.File, t.File+"-renamed") },
		"take a file away":          func(t targets) error { return thereAndBack(t.File, filepath.Join(os.TempDir(), "taken")) },
		"write through a link":      throughLink(os.Symlink, "soft"),
		"write through a hard link": throughLink(os.Link, "hard"),
		"write to the agent":        func(t targets) error { return overwrite(t.ofAgent("exe")) },
		"write from the agent's root": func(t targets) error {
			return create(filepath.Join(t.ofAgent("root"), t.Dir, "from-root"))
		},
		"write from the agent's directory": func(t targets) error {
			return create(filepath.Join(t.ofAgent("cwd"), t.Dir, "from-directory"))
		},
		"write from the root of the root": func(t targets) error { return leaveByRoot(t.Dir) },
		"make a disk":                     func(targets) error { return unix.Mknod("disk", unix.S_IFBLK|0o600, int(unix.Mkdev(254, 0))) },
		"open the memory":                 func(targets) error { return openFor(os.O_RDONLY, "/dev/mem") },
		"open a disk":                     openDisk,
		"set a kernel's parameter":        func(targets) error { return openFor(os.O_WRONLY, "/proc/sys/kernel/core_pattern") },
		"press a magic key":               func(targets) error { return openFor(os.O_WRONLY, "/proc/sysrq-trigger") },
		"make a cgroup":                   makeCgroup,
		"keep descriptors":                keepDescriptors,
	}
}

func create(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	return file.Close()
}

func overwrite(path string) error { return openFor(os.O_WRONLY, path) }

func openFor(flags int, path string) error {
	file, err := os.OpenFile(path, flags, 0)
	if err != nil {
		return err
	}
	return file.Close()
}

func throughLink(link func(from, to string) error, name string) try {
	return func(t targets) error {
		if err := link(t.File, name); err != nil {
			return err
		}
		defer os.Remove(name)
		return overwrite(name)
	}
}

// ofAgent is what /proc has of the agent.
func (t targets) ofAgent(name string) string {
	return filepath.Join("/proc", strconv.Itoa(t.AgentPID), name)
}

func thereAndBack(path, other string) error {
	if err := os.Rename(path, other); err != nil {
		return err
	}
	return os.Rename(other, path)
}

// leaveByRoot is the old way out of a chroot.
func leaveByRoot(dir string) error {
	if err := unix.Chroot("."); err != nil {
		return err
	}
	for range 64 {
		if err := os.Chdir(".."); err != nil {
			return err
		}
	}
	return create(filepath.Join(".", dir, "from-chroot"))
}

func openDisk(targets) error {
	partitions, err := os.ReadDir("/sys/class/block")
	if err != nil {
		return err
	}
	failed := errors.New("there is no disk")
	for _, p := range partitions {
		if failed = openFor(os.O_RDONLY, filepath.Join("/dev", p.Name())); failed == nil {
			return nil
		}
	}
	return failed
}

func makeCgroup(targets) error {
	failed := errors.New("there are no cgroups")
	for _, pattern := range []string{"/sys/fs/cgroup/escape", "/sys/fs/cgroup/*/escape"} {
		mounts, err := filepath.Glob(filepath.Dir(pattern))
		if err != nil {
			return err
		}
		for _, mount := range mounts {
			if failed = os.Mkdir(filepath.Join(mount, "escape"), 0o700); failed == nil {
				return os.Remove(filepath.Join(mount, "escape"))
			}
		}
	}
	return failed
}

// keepDescriptors looks for descriptors that nobody gave to a step on purpose.
func keepDescriptors(targets) error {
	for fd := 3; fd < 1024; fd++ {
		flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0)
		if err == nil && flags&unix.FD_CLOEXEC == 0 {
			return nil
		}
	}
	return fmt.Errorf("there is none from 3 to 1023 that was inherited")
}
