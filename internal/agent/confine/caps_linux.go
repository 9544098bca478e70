package confine

import (
	"errors"
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// kept are the capabilities, see capabilities(7), that hardened steps of root have: what it takes to install software into directories
// and to become another user, but nothing that reaches the kernel, devices or other processes.
var kept = []int{
	unix.CAP_CHOWN, unix.CAP_DAC_OVERRIDE, unix.CAP_FOWNER, unix.CAP_FSETID, unix.CAP_KILL, unix.CAP_SETGID, unix.CAP_SETUID,
	unix.CAP_SETPCAP, unix.CAP_SETFCAP, unix.CAP_NET_BIND_SERVICE, unix.CAP_AUDIT_WRITE,
}

// capabilities is a set, as capset(2) takes one.
type capabilities [2]uint32

func setOf(all []int) capabilities {
	var set capabilities
	for _, c := range all {
		set[c/32] |= 1 << (c % 32)
	}
	return set
}

func (c capabilities) has(capability int) bool { return c[capability/32]&(1<<(capability%32)) != 0 }

// header is that of the calling thread.
func header() *unix.CapUserHeader {
	return &unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
}

// permitted returns the calling thread's capabilities.
func permitted() (capabilities, error) {
	var data [2]unix.CapUserData
	if err := unix.Capget(header(), &data[0]); err != nil {
		return capabilities{}, fmt.Errorf("cannot read the capabilities: %w", err)
	}
	return capabilities{data[0].Permitted, data[1].Permitted}, nil
}

// bound takes every capability but those of a set out of the calling thread's bounding set, so that no program gives them back.
func bound(set capabilities) error {
	has, err := permitted()
	if err != nil || !has.has(unix.CAP_SETPCAP) {
		return err // without it there is nothing that could be given back but by a program that is set-user-id
	}
	for c := 0; c <= lastCapability; c++ {
		if set.has(c) {
			continue
		}
		if err := unix.Prctl(unix.PR_CAPBSET_DROP, uintptr(c), 0, 0, 0); err != nil && !errors.Is(err, unix.EINVAL) {
			return fmt.Errorf("cannot drop capability %d: %w", c, err)
		}
	}
	return nil
}

// lastCapability is as many as a set has room for; prctl says EINVAL to those that the kernel does not know.
const lastCapability = 63

// limit takes from the calling thread every capability that a set does not have.
func limit(set capabilities) error {
	has, err := permitted()
	if err != nil {
		return err
	}
	var data [2]unix.CapUserData
	for i := range data {
		data[i].Permitted = has[i] & set[i]
		data[i].Effective = data[i].Permitted
	}
	if err := unix.Capset(header(), &data[0]); err != nil {
		return fmt.Errorf("cannot give up capabilities: %w", err)
	}
	return nil
}

// giveBack takes from all threads the capabilities that were borrowed.
func giveBack() error {
	var none [2]unix.CapUserData
	if _, _, failed := syscall.AllThreadsSyscall(unix.SYS_PRCTL, unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0); failed != 0 {
		return fmt.Errorf("cannot give up capabilities: %w", failed)
	}
	if _, _, failed := syscall.AllThreadsSyscall(unix.SYS_CAPSET, uintptr(unsafe.Pointer(header())), uintptr(unsafe.Pointer(&none[0])), 0); failed != 0 {
		return fmt.Errorf("cannot give up capabilities: %w", failed)
	}
	return nil
}

// become makes all threads those of a user.
func (u *User) become() error {
	if err := syscall.Setgroups(u.Groups); err != nil {
		return fmt.Errorf("cannot take on the groups of user %d: %w", u.UID, err)
	}
	if err := syscall.Setresgid(u.GID, u.GID, u.GID); err != nil {
		return fmt.Errorf("cannot take on group %d: %w", u.GID, err)
	}
	if err := syscall.Setresuid(u.UID, u.UID, u.UID); err != nil {
		return fmt.Errorf("cannot become user %d: %w", u.UID, err)
	}
	return nil
}
