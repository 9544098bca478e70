package diagnosis

import (
	"fmt"
	"io/fs"
	"os"
	"os/user"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Directory looks at a directory that is to be this user's own, with mode 0700, and writable. Key is what it is called in the
// configuration.
func Directory(name, key, path string) *clockworkv1.DaemonFinding {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return Problem(name, err.Error(), "make the directory, or choose another "+key)
	case !info.IsDir():
		return Problem(name, path+" is not a directory", "move it away, or choose another "+key)
	}
	detail := fmt.Sprintf("%s, mode %04o, of %s", path, info.Mode().Perm(), Owner(info))
	switch err := unix.Access(path, unix.R_OK|unix.W_OK|unix.X_OK); {
	case err != nil:
		return Problem(name, detail+fmt.Sprintf(": cannot be used: %v", err), "mend its owner, its mode or its mount, or choose another "+key)
	case info.Mode().Perm()&0o022 != 0:
		return Warning(name, detail+": others may write to it", "run chmod 0700 "+path)
	default:
		return OK(name, detail)
	}
}

// Owner is the name of a file's user, or the number where it has none; "?" where that is unknown.
func Owner(info fs.FileInfo) string {
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return "?"
	}
	uid := strconv.FormatUint(uint64(stat.Uid), 10)
	if known, err := user.LookupId(uid); err == nil {
		return known.Username
	}
	return "uid " + uid
}
