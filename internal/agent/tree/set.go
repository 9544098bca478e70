package tree

import (
	"context"
	"syscall"
	"time"
)

// Set selects processes; which ones, is found out anew whenever it is asked. The calling process never belongs to one, and neither
// do zombies.
type Set struct {
	tag      Tag          // selects by the whole tag; 0: does not
	sandbox  Tag          // selects by the sandbox in the tag; 0: does not
	root     int          // selects it and its descendants; 0: does not
	above    int          // selects its descendants; 0: does not
	sessions []int        // selects by session, or by process group where that is all there is
	families bool         // adds the descendants of all members
	listed   func() []int // selects by id; nil: does not
}

// Tagged is the processes with a tag.
func Tagged(tag Tag) Set { return Set{tag: tag} }

// Sandbox is all processes of a sandbox, its agent included.
func Sandbox(id string) Set { return Set{sandbox: NewTag(id, 0).sandbox()} }

// Related is a process that leads a session, its descendants, and what is left of its session. Without tags it is the best there is: a
// descendant in a session of its own is lost when its parent ends.
func Related(pid int) Set { return Set{root: pid, sessions: []int{pid}} }

// Sessions is the members of sessions.
func Sessions(leaders ...int) Set { return Set{sessions: leaders} }

// Descendants is the descendants of a process.
func Descendants(pid int) Set { return Set{above: pid} }

// WithDescendants adds the descendants of a process.
func (s Set) WithDescendants(pid int) Set {
	s.above = pid
	return s
}

// WithListed adds processes that somebody else knows, by a list that is asked for at each look, and their descendants.
func (s Set) WithListed(list func() []int) Set {
	s.listed = list
	return s
}

// withFamilies adds the descendants of all members.
func (s Set) withFamilies() Set {
	s.families = true
	return s
}

// Count returns how many processes belong to the set.
func (s Set) Count() (int, error) {
	members, err := s.members()
	return len(members), err
}

// Terminate asks all members to end, once: what they start to end in good order is not asked, and has the caller's grace for it.
// Stopped members are continued, or they would not hear it. It returns nil when no member is left, else when ctx is done or the
// members cannot be told. A value on changed is the hint to look again early.
func (s Set) Terminate(ctx context.Context, changed func() <-chan struct{}) error {
	asked := false
	return poll(ctx, changed, func() (bool, error) {
		members, err := s.members()
		for _, member := range members {
			if !asked {
				member.signal(syscall.SIGTERM)
				member.signal(syscall.SIGCONT)
			}
		}
		asked = err == nil
		return len(members) == 0, err
	})
}

// Kill ends all members. It stops them first, until there is none that runs and could fork, so none can be born that is not seen. It returns
// nil when two looks in a row found nothing.
func (s Set) Kill(ctx context.Context, changed func() <-chan struct{}) error {
	for range 2 {
		err := poll(ctx, changed, func() (bool, error) {
			members, err := s.freeze()
			for _, member := range members {
				member.signal(syscall.SIGKILL)
			}
			return len(members) == 0, err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// freeze stops members until a look finds no new ones, and returns them all.
func (s Set) freeze() ([]member, error) {
	stopped := make(map[identity]bool)
	for {
		members, err := s.members()
		if err != nil {
			return nil, err
		}
		fresh := false
		for _, member := range members {
			if !stopped[member.identity] {
				stopped[member.identity] = true
				fresh = true
				member.signal(syscall.SIGSTOP)
			}
		}
		if !fresh {
			return members, nil
		}
	}
}

// The time between two looks grows from the first to the second.
const (
	shortestPause = time.Millisecond
	longestPause  = 20 * time.Millisecond
)

// poll calls done until it is.
func poll(ctx context.Context, changed func() <-chan struct{}, done func() (bool, error)) error {
	for pause := shortestPause; ; pause = min(pause*2, longestPause) {
		hint := changed()
		if finished, err := done(); err != nil || finished {
			return err
		}
		timer := time.NewTimer(pause)
		select {
		case <-hint:
			timer.Stop()
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return context.Cause(ctx)
		}
	}
}
