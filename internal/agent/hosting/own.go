package hosting

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// own makes a directory, or finds that one that exists is ours alone to write to. It may be a link.
func own(dir string) error {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return os.MkdirAll(dir, 0o700)
	}
	if err != nil {
		return err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case !info.IsDir() || !ok:
		return fmt.Errorf("cannot work in %s: it is not a directory", dir)
	case int(owner.Uid) != os.Geteuid():
		return fmt.Errorf("cannot work in %s: it belongs to user %d, not to user %d; choose another remote_work_dir", dir, owner.Uid, os.Geteuid())
	case info.Mode().Perm()&0o022 != 0:
		return fmt.Errorf("cannot work in %s: others may write to it; take that right from them (chmod go-w), or choose another remote_work_dir", dir)
	}
	return nil
}
