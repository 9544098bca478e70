package native

import (
	"slices"
	"syscall"

	"github.com/clockworkd/clockwork/internal/agent/cgroup"
	"github.com/clockworkd/clockwork/internal/agent/process"
	"github.com/clockworkd/clockwork/internal/agent/tree"
)

// Start starts a process: in a session of its own, with an empty input, two pipes and nothing else open. See process.Spawner.
func (s *Spawner) Start(spec process.Spec) (process.Handle, error) {
	s.leftovers.makeRoom()
	stdout, err := newPipe("stdout")
	if err != nil {
		return nil, err
	}
	defer stdout.closeWriter()
	stderr, err := newPipe("stderr")
	if err != nil {
		stdout.closeReader()
		return nil, err
	}
	defer stderr.closeWriter()

	h := &handle{
		spawner: s,
		stdout:  stdout.reader,
		stderr:  stderr.reader,
		ended:   make(chan process.Ended, 1),
		stay:    s.cgroups.Begin(),
	}
	attr := &syscall.ProcAttr{
		Dir:   spec.Dir,
		Env:   environ(spec.Env),
		Files: []uintptr{s.null.Fd(), uintptr(stdout.writer), uintptr(stderr.writer)},
		Sys:   &syscall.SysProcAttr{Setsid: true},
	}
	if err := s.forkExec(h, spec, attr); err != nil {
		h.stay.End(cgroup.Well)
		stdout.closeReader()
		stderr.closeReader()
		return nil, err
	}
	return h, nil
}

// forkExec starts a process under its tag and registers it with the reaper, which waits for that.
func (s *Spawner) forkExec(h *handle, spec process.Spec, attr *syscall.ProcAttr) error {
	s.fork.Lock()
	defer s.fork.Unlock()
	if s.closed {
		return errShutdown
	}
	tag := tree.NewTag(s.sandbox, spec.Number)
	if s.untagged == nil {
		if err := tree.Wear(tag); err != nil {
			return err
		}
	}
	_, err := h.stay.Start(attr.Sys, func() (int, error) {
		var err error
		s.thread.Do(func() { h.argv, h.pid, err = s.execute(spec, attr) })
		return h.pid, err
	})
	if err != nil {
		return err
	}
	h.tree = tree.Related(h.pid).WithListed(h.stay.PIDs)
	if s.untagged == nil {
		h.tree = tree.Tagged(tag).WithListed(h.stay.PIDs)
	}
	s.reaper.register(h.pid, h.ended)
	return nil
}

// execute finds the program as the thread sees the file system, and starts it.
func (s *Spawner) execute(spec process.Spec, attr *syscall.ProcAttr) (argv []string, pid int, err error) {
	program, err := resolve(spec)
	if err != nil {
		return nil, 0, err
	}
	pid, err = s.limits.Start(attr.Sys, func() (int, error) { return syscall.ForkExec(program, spec.Argv, attr) })
	if err != nil {
		return nil, 0, s.explain(program, spec, err)
	}
	return slices.Concat([]string{program}, spec.Argv[1:]), pid, nil
}

// environ is in the order of the names, so that the same step always sees the same.
func environ(env map[string]string) []string {
	list := make([]string, 0, len(env))
	for name, value := range env {
		list = append(list, name+"="+value)
	}
	slices.Sort(list)
	return list
}
