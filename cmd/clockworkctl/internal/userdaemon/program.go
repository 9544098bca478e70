package userdaemon

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
)

// name is that of the daemon's program.
const name = "clockworkd"

// Program finds clockworkd: beside this executable, else in PATH.
func Program() (string, error) {
	if self, err := os.Executable(); err == nil {
		if resolved, err := filepath.EvalSymlinks(self); err == nil {
			self = resolved
		}
		if beside, err := exec.LookPath(filepath.Join(filepath.Dir(self), name)); err == nil {
			return beside, nil
		}
	}
	if found, err := exec.LookPath(name); err == nil {
		return found, nil
	}
	return "", errors.New("cannot start a daemon: there is no clockworkd beside clockworkctl nor in PATH; install it there")
}
