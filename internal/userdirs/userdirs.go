package userdirs

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// MaxSocketPath is the longest path, in bytes, at which a socket is opened: what fits on every system, with something to spare
// (sun_path takes 107 bytes on Linux, see unix(7), and 103 on others).
const MaxSocketPath = 99

// Socket returns the path of the user's own socket. It creates nothing. It is an error if the path is longer than MaxSocketPath.
func Socket() (string, error) {
	path := filepath.Join(runtimeDir(), "clockworkd.sock")
	if len(path) > MaxSocketPath {
		return "", fmt.Errorf("cannot use %s as a socket: the path has %d bytes, at most %d are possible; unset XDG_RUNTIME_DIR or give an address", path, len(path), MaxSocketPath)
	}
	return path, nil
}

// RuntimeDir returns the directory of the user's own socket, which it creates with mode 0700 if it is missing. It is an
// error if the directory is a link, is somebody else's, or is open to others: /tmp is everybody's, so whoever came
// first could be listening there.
func RuntimeDir() (string, error) {
	dir := runtimeDir()
	if err := private(dir); err != nil {
		return "", err
	}
	return dir, nil
}

// StateDir returns the path of the user's own state directory: $XDG_STATE_HOME/clockwork, else ~/.local/state/clockwork.
// It creates nothing.
func StateDir() (string, error) {
	if base := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(base) {
		return filepath.Join(base, "clockwork"), nil
	}
	home := homeDir()
	if !filepath.IsAbs(home) {
		return "", errors.New("cannot tell where the user's state directory is: neither HOME nor the user database names a home directory; " +
			"set HOME or XDG_STATE_HOME, or name a state directory")
	}
	return filepath.Join(home, ".local", "state", "clockwork"), nil
}

// homeDir takes HOME, or where it is not set, as in a cron job, what the user database says. Empty: unknown.
func homeDir() string {
	if home := os.Getenv("HOME"); home != "" {
		return home
	}
	if account, err := user.Current(); err == nil {
		return account.HomeDir
	}
	return ""
}

// runtimeDir trusts $XDG_RUNTIME_DIR only if it is the user's own: sudo and su may leave another user's behind.
func runtimeDir() string {
	base := os.Getenv("XDG_RUNTIME_DIR")
	if info, err := os.Stat(base); filepath.IsAbs(base) && err == nil && info.IsDir() && isOwn(info) {
		return filepath.Join(base, "clockwork")
	}
	// Not os.TempDir: TMPDIR may differ between the daemon's environment and the client's.
	return filepath.Join("/tmp", "clockwork-"+strconv.Itoa(os.Geteuid()))
}

// private makes sure that dir is a directory of this user that nobody else can enter.
func private(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("cannot create the directory of the user's socket: %w", err)
	}
	info, err := os.Lstat(dir)
	switch {
	case err != nil:
		return fmt.Errorf("cannot inspect the directory of the user's socket: %w", err)
	case !info.IsDir():
		return fmt.Errorf("cannot use %s for the user's socket: it is not a directory; remove it", dir)
	case !isOwn(info):
		return fmt.Errorf("cannot use %s for the user's socket: it belongs to another user; have it removed, or set XDG_RUNTIME_DIR", dir)
	case info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("cannot use %s for the user's socket: its mode %04o lets others in; run chmod 0700 %s", dir, info.Mode().Perm(), dir)
	}
	return nil
}

func isOwn(info fs.FileInfo) bool {
	stat, ok := info.Sys().(*syscall.Stat_t)
	return ok && int64(stat.Uid) == int64(os.Geteuid())
}
