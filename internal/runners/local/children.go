package local

import (
	"errors"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// children reaps the agents that this process started. Those that outlive it are somebody else's to reap.
type children struct {
	mu      sync.Mutex
	closed  bool
	handles map[*os.File]struct{}
	waiting sync.WaitGroup
}

// adopt reaps a child once it ends. The pidfd is the driver's from now on.
func (c *children) adopt(pid, pidfd int) error {
	if err := unix.SetNonblock(pidfd, true); err != nil {
		return errors.Join(err, unix.Close(pidfd))
	}
	handle := os.NewFile(uintptr(pidfd), "pidfd")
	conn, err := handle.SyscallConn()
	if err != nil {
		return errors.Join(err, handle.Close())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return handle.Close()
	}
	if c.handles == nil {
		c.handles = make(map[*os.File]struct{})
	}
	c.handles[handle] = struct{}{}
	c.waiting.Go(func() {
		// It waits for the pidfd to become readable, without a thread; close ends the wait.
		_ = conn.Read(func(uintptr) bool { return reaped(pid) })
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.handles, handle)
		_ = handle.Close() // nothing was written to it
	})
	return nil
}

// reaped tries to reap a child, and tells whether there is nothing left to reap.
func reaped(pid int) bool {
	got, err := unix.Wait4(pid, nil, unix.WNOHANG, nil)
	return got == pid || (err != nil && !errors.Is(err, unix.EINTR))
}

// close leaves the children to themselves.
func (c *children) close() {
	c.mu.Lock()
	c.closed = true
	for handle := range c.handles {
		_ = handle.Close() // it ends the wait
	}
	c.mu.Unlock()
	c.waiting.Wait()
}
