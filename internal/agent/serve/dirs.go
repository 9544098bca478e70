package serve

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/clockworkd/clockwork/internal/agent"
)

// socketName is the socket's name in the run directory.
const socketName = "agent.sock"

// makeDirs makes the directories that a launch names, as far as they are missing. The one of the socket must be private.
func makeDirs(launch agent.Launch) error {
	for _, dir := range []string{launch.RunDir, launch.Workspace, launch.Tmp, launch.Home} {
		if dir == "" {
			continue
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("cannot make a directory of the sandbox: %w", err)
		}
	}
	info, err := os.Lstat(launch.RunDir)
	if err != nil {
		return fmt.Errorf("cannot use the run directory: %w", err)
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	user := os.Getuid()
	if launch.Confine.User != nil {
		user = launch.Confine.User.UID
	}
	switch {
	case !info.IsDir() || !ok:
		return fmt.Errorf("cannot use the run directory %s: it is not a directory", launch.RunDir)
	case int(owner.Uid) != user:
		return fmt.Errorf("cannot use the run directory %s: it belongs to user %d, not to user %d", launch.RunDir, owner.Uid, user)
	case info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("cannot use the run directory %s: others may enter it; make its mode 0700", launch.RunDir)
	}
	return nil
}

// listen makes the socket, for this user only.
func listen(runDir string) (*net.UnixListener, error) {
	before := syscall.Umask(0o177)
	defer syscall.Umask(before)
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(runDir, socketName), Net: "unix"})
	if err != nil {
		return nil, fmt.Errorf("cannot make the agent's socket: %w", err)
	}
	return listener, nil
}

// detach takes the standard input and output from whoever waits for their end. Something else stays open in their place, so
// that no file gets their numbers.
func detach(files ...*os.File) error {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return fmt.Errorf("cannot detach: %w", err)
	}
	defer null.Close()
	for _, file := range files {
		if err := unix.Dup2(int(null.Fd()), int(file.Fd())); err != nil {
			return fmt.Errorf("cannot detach: %w", err)
		}
	}
	return nil
}
