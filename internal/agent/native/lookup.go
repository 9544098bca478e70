package native

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/clockworkd/clockwork/internal/agent/process"
)

// resolve returns the absolute path of a process's program. It looks as execvp(3) does, in the PATH and from the directory of the process.
func resolve(spec process.Spec) (string, error) {
	name := spec.Argv[0]
	if name == "" {
		return "", errors.New("cannot start a program without a name")
	}
	if strings.Contains(name, "/") {
		return absolute(spec.Dir, name), nil
	}
	path := spec.Env["PATH"]
	denied := ""
	for _, dir := range filepath.SplitList(path) {
		candidate := absolute(spec.Dir, filepath.Join(dir, name))
		switch err := executable(candidate); {
		case err == nil:
			return candidate, nil
		case errors.Is(err, fs.ErrPermission) && denied == "":
			denied = candidate
		}
	}
	if denied != "" {
		return "", explainDenied(denied)
	}
	return "", fmt.Errorf("cannot find %q in PATH (%s)", name, path)
}

// LookPath finds a program. See process.Spawner.
func (s *Spawner) LookPath(name, path string) (found string, ok bool) {
	if name == "" || strings.ContainsAny(name, "/\x00") {
		return "", false
	}
	s.thread.Do(func() { found, ok = lookPath(name, path) })
	return found, ok
}

func lookPath(name, path string) (string, bool) {
	for _, dir := range filepath.SplitList(path) {
		candidate := filepath.Join(dir, name)
		if filepath.IsAbs(candidate) && executable(candidate) == nil {
			return candidate, true
		}
	}
	return "", false
}

func absolute(dir, name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(dir, name)
}

// executable returns nil for a file that this user may execute.
func executable(name string) error {
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	if !info.Mode().IsRegular() {
		return fs.ErrPermission
	}
	return unix.Faccessat(unix.AT_FDCWD, name, unix.X_OK, unix.AT_EACCESS)
}
