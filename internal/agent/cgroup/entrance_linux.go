package cgroup

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
)

// entrance opens a cgroup for processes to be born into.
func (d Dirs) entrance() (entrance, error) {
	if d.Unified != "" {
		dir, err := os.Open(d.Unified)
		if err != nil {
			return nil, err
		}
		return birth{dir}, nil
	}
	var tasks []*os.File
	for _, dir := range d.all() {
		file, err := os.OpenFile(filepath.Join(dir, "tasks"), os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, file)
	}
	return newThread(tasks)
}

// birth is clone3 with CLONE_INTO_CGROUP.
type birth struct{ dir *os.File }

func (b birth) start(attr *syscall.SysProcAttr, fork func() (int, error)) (int, error) {
	attr.UseCgroupFD, attr.CgroupFD = true, int(b.dir.Fd())
	return fork()
}

// thread is a thread of this process that lies in a cgroup of version 1. It lives as long as the process.
type thread struct{ jobs chan job }

type job struct {
	fork func() (int, error)
	done chan<- outcome
}

type outcome struct {
	pid int
	err error
}

// newThread makes a thread and moves it.
func newThread(tasks []*os.File) (*thread, error) {
	t := &thread{jobs: make(chan job)}
	moved := make(chan error)
	go t.run(tasks, moved)
	return t, <-moved
}

func (t *thread) run(tasks []*os.File, moved chan<- error) {
	runtime.LockOSThread()
	if err := moveIn(tasks); err != nil {
		moved <- err
		return // the thread ends with the goroutine
	}
	moved <- nil
	for j := range t.jobs {
		pid, err := j.fork()
		j.done <- outcome{pid, err}
	}
}

// moveIn moves the calling thread.
func moveIn(tasks []*os.File) error {
	for _, file := range tasks {
		_, err := file.WriteString("0") // the thread that writes it
		_ = file.Close()                // the write has told
		if err != nil {
			return fmt.Errorf("cannot move a thread into %s: %w", file.Name(), err)
		}
	}
	return nil
}

func (t *thread) start(_ *syscall.SysProcAttr, fork func() (int, error)) (int, error) {
	done := make(chan outcome)
	t.jobs <- job{fork, done}
	got := <-done
	return got.pid, got.err
}
