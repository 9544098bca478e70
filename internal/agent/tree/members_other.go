//go:build !linux

package tree

import (
	"errors"
	"syscall"
)

// Supported tells whether processes can be tagged on this system.
const Supported = false

// identity is a process group.
type identity struct{ pid int }

// member is a process group with somebody in it.
type member struct{ identity }

// signal sends a signal to all of the group.
func (m member) signal(sig syscall.Signal) {
	_ = syscall.Kill(-m.pid, sig) // nobody is left in it; the next look tells
}

// members finds out whether the process group of the session's leader has anybody in it.
func (s Set) members() ([]member, error) {
	if s.session == 0 || syscall.Kill(-s.session, 0) != nil {
		return nil, nil
	}
	return []member{{identity{s.session}}}, nil
}

// Wear says that there are no tags here.
func Wear(Tag) error {
	return errors.New("processes can be tagged on Linux only")
}
