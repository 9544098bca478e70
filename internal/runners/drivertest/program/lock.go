package program

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// hold locks a file until the process dies: the kernel takes the lock from it then, however it died. It ends by itself
// after an hour, so that a failed test does not leave it for ever.
func hold(ctx context.Context, p *Process, args []string) int {
	file, code := p.take(ctx, args[0])
	if file == nil {
		return code
	}
	defer file.Close()
	if pause(ctx, time.Hour) != nil {
		return 1
	}
	return 0
}

// take locks a file; without one it returns an exit code.
func (p *Process) take(ctx context.Context, name string) (file *os.File, code int) {
	file, err := p.lockable(name)
	if err != nil {
		return nil, p.fail(1, "%v", err)
	}
	for errors.Is(syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB), syscall.EWOULDBLOCK) {
		if pause(ctx, time.Millisecond) != nil { // somebody looks whether it is held
			return nil, p.fail(1, "%v", errors.Join(ctx.Err(), file.Close()))
		}
	}
	return file, 0
}

func held(_ context.Context, p *Process, args []string) int {
	is, err := p.isHeld(args[0])
	if err != nil {
		return p.fail(2, "%v", err)
	}
	if !is {
		return 1
	}
	return 0
}

func awaitHeld(ctx context.Context, p *Process, args []string) int {
	for {
		switch is, err := p.isHeld(args[0]); {
		case err != nil:
			return p.fail(2, "%v", err)
		case is:
			return 0
		case pause(ctx, 5*time.Millisecond) != nil:
			return 1
		}
	}
}

// isHeld tells whether some process has locked a file. It takes a shared lock itself, for a moment.
func (p *Process) isHeld(name string) (bool, error) {
	file, err := p.lockable(name)
	if err != nil {
		return false, err
	}
	defer file.Close()
	err = syscall.Flock(int(file.Fd()), syscall.LOCK_SH|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return true, nil
	}
	return false, err
}

func (p *Process) lockable(name string) (*os.File, error) {
	name = p.path(name)
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return nil, err
	}
	return os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
}
