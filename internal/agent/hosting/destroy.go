package hosting

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
	"time"

	"github.com/clockworkd/clockwork/internal/agent/removal"
	"github.com/clockworkd/clockwork/internal/agent/tree"
)

// destroyTimeout bounds the end of a sandbox.
const destroyTimeout = 2 * time.Minute

// destroy ends and removes a sandbox.
func (c command) destroy() error {
	ctx, cancel := context.WithTimeout(context.Background(), destroyTimeout)
	defer cancel()
	release, err := c.acquire(c.ID, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("cannot destroy sandbox %s: %w", c.ID, err)
	default:
		defer release()
		if err := c.remove(ctx, c.ID); err != nil {
			return fmt.Errorf("cannot destroy sandbox %s: %w", c.ID, err)
		}
	}
	return c.out.Encode(Answer{})
}

// remove ends everything that runs in a sandbox and removes its directories: that with the id as its name last, so that it is listed until
// nothing of it is left. The lock is held.
func (c command) remove(ctx context.Context, id string) error {
	if err := c.end(ctx, id); err != nil {
		return err
	}
	if c.Keep {
		if err := c.keep(id); err != nil {
			return err
		}
	}
	for _, dir := range []string{c.runDir(id), c.sandbox(id)} {
		if err := removal.Tree(dir); err != nil {
			return err
		}
	}
	return nil
}

// end ends the agent and everything that was ever started in the sandbox. Where processes cannot be tagged, only the agent knows all of them,
// and is asked to end them: while it listens, its process id is still its own.
func (c command) end(ctx context.Context, id string) error {
	if tree.Supported {
		if _, err := tree.KillTagged(ctx, id); err != nil {
			return fmt.Errorf("cannot kill its processes: %w", err)
		}
	}
	if r, err := readRecord(c.record(id)); err == nil && r.Agent > 0 && c.answers(ctx, id) {
		_ = syscall.Kill(r.Agent, syscall.SIGTERM) // it has ended just now, or awaitSilence tells
	}
	return c.awaitSilence(ctx, id)
}

// answers tells whether somebody listens on a sandbox's socket.
func (c command) answers(ctx context.Context, id string) bool {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", c.socket(id))
	if err != nil {
		return false
	}
	_ = conn.Close() // nothing was written to it
	return true
}

// awaitSilence returns when nobody listens on a sandbox's socket any more.
func (c command) awaitSilence(ctx context.Context, id string) error {
	for c.answers(ctx, id) {
		select {
		case <-ctx.Done():
			return fmt.Errorf("cannot end its agent: it still listens on %s", c.socket(id))
		case <-time.After(10 * time.Millisecond):
		}
	}
	return ctx.Err()
}

// keep puts the workspace aside.
func (c command) keep(id string) error {
	if err := os.MkdirAll(c.kept(), 0o700); err != nil {
		return err
	}
	err := os.Rename(c.workspace(id), c.keptAs(id))
	if errors.Is(err, fs.ErrNotExist) { // it was kept before, or never made
		return nil
	}
	return err
}
