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

// members finds out which process groups of the sessions' leaders have anybody in them.
func (s Set) members() (members []member, err error) {
	for _, leader := range s.sessions {
		if syscall.Kill(-leader, 0) == nil {
			members = append(members, member{identity{leader}})
		}
	}
	return members, nil
}

// Wear says that there are no tags here.
func Wear(Tag) error {
	return errors.New("processes can be tagged on Linux only")
}
