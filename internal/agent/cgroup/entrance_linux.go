package cgroup

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
)

// entrance opens a cgroup for processes to be born into. In version 1 a thread that they are started from is moved there for good.
func (d Dirs) entrance(from Thread) (entrance, error) {
	if d.Unified != "" {
		return openBirth(d.Unified)
	}
	var tasks []*os.File
	for _, dir := range d.all() {
		file, err := os.OpenFile(filepath.Join(dir, "tasks"), os.O_WRONLY, 0)
		if err != nil {
			return nil, err
		}
		tasks = append(tasks, file)
	}
	if from == nil {
		return newThread(tasks)
	}
	var err error
	from.Do(func() { err = moveIn(tasks) })
	return nil, err
}

// birth is clone3 with CLONE_INTO_CGROUP.
type birth struct{ dir, procs *os.File }

func openBirth(name string) (entrance, error) {
	dir, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	procs, err := os.OpenFile(filepath.Join(name, "cgroup.procs"), os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	return birth{dir, procs}, nil
}

// start falls back on moving the process where a filter of system calls refuses clone3, whose arguments no filter sees. That is late, and
// costs milliseconds with many kernels; but it is only where confined steps could make user namespaces by it otherwise.
func (b birth) start(attr *syscall.SysProcAttr, fork func() (int, error)) (int, error) {
	attr.UseCgroupFD, attr.CgroupFD = true, int(b.dir.Fd())
	pid, err := fork()
	if !errors.Is(err, syscall.ENOSYS) {
		return pid, err
	}
	attr.UseCgroupFD = false
	if pid, err = fork(); err != nil {
		return 0, err
	}
	if _, err := b.procs.WriteAt([]byte(strconv.Itoa(pid)), 0); err != nil && !errors.Is(err, syscall.ESRCH) {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it is not to run without its limits
		_, _ = syscall.Wait4(pid, nil, 0, nil)
		return 0, fmt.Errorf("cannot move the process into its cgroup: %w", err)
	}
	return pid, nil
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
