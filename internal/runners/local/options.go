package local

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/clockworkd/clockwork/internal/runners"
)

// Options are what a local driver is made from. All paths are absolute.
type Options struct {
	// RunnerName and DaemonID tell this driver's sandboxes from those of others on this machine.
	RunnerName string
	DaemonID   string
	// StateDir is the daemon's; the sandboxes' files lie below it. It belongs to this daemon alone.
	StateDir string
	// RuntimeDir is for sockets; several daemons may share it. At most 66 bytes, see maxRuntimeDir.
	RuntimeDir string
	// CacheDir is where tools that run artifacts keep what they download. It outlives executions. It is created if missing.
	CacheDir string
	// AgentPath is the clockwork-agent of this machine.
	AgentPath string
	// Secret is what the sandboxes' tokens are derived from, at least 16 bytes. Another one later means that sandboxes cannot be recovered.
	Secret []byte
	// Env is laid over the base environment of the sandboxes.
	Env map[string]string

	// AllowNetwork and AllowFileWrite confine steps if they are false.
	AllowNetwork   bool
	AllowFileWrite bool
	// ReadPaths, if there are any, are what steps may read beyond their workspace and the system's programs.
	ReadPaths []string
	// Harden takes from steps what no build needs. The confinements above imply it.
	Harden bool
	// User is whom steps run as. Nil: the daemon's user.
	User   *User
	Limits runners.ResourceLimits
}

// A socket's path must fit into sun_path, which takes 107 bytes on Linux (unix(7)) and less elsewhere; 99 is what fits everywhere.
const (
	maxSocketPath = 99
	maxRuntimeDir = maxSocketPath - len("/") - shortNameLength - len("/"+socketName)
)

// validate names everything that the driver cannot work with, or cannot do.
func (o Options) validate() error {
	var faults []error
	check := func(ok bool, format string, args ...any) {
		if !ok {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	for name, dir := range map[string]string{
		"state directory": o.StateDir, "runtime directory": o.RuntimeDir, "cache directory": o.CacheDir, "agent": o.AgentPath,
	} {
		check(filepath.IsAbs(dir), "cannot use %q as %s: it is not an absolute path", dir, name)
	}
	check(len(o.RuntimeDir) <= maxRuntimeDir, "cannot put sockets below %s: it has %d bytes, and a socket's path allows %d; "+
		"choose a shorter runtime_dir", o.RuntimeDir, len(o.RuntimeDir), maxRuntimeDir)
	check(len(o.Secret) >= 16, "cannot derive tokens from a secret of %d bytes: it needs 16", len(o.Secret))
	info, err := os.Stat(o.AgentPath)
	switch {
	case err != nil:
		check(false, "cannot find clockwork-agent: %w; install it beside clockworkd", err)
	default:
		check(info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0, "cannot run %s: it is not an executable file", o.AgentPath)
	}
	return errors.Join(append(faults, o.User.checkRight(), o.CheckConfinement())...)
}

// CheckConfinement names every confinement that is asked for and that this driver enforces on no machine. To ignore it would be worse. What this
// machine does not permit, New and Create find out.
func (o Options) CheckConfinement() error {
	var faults []error
	for _, path := range o.ReadPaths {
		if !filepath.IsAbs(path) {
			faults = append(faults, fmt.Errorf("cannot let steps read %q: read_paths takes absolute paths", path))
		}
	}
	return errors.Join(faults...)
}
