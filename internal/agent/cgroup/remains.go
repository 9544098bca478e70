package cgroup

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// RemoveRemains removes what is left of sandboxes of any owner, if nobody is in it and nothing was changed there for so long: a sandbox that
// somebody uses has its agent or a thread of it there.
func (r *Realm) RemoveRemains(grace time.Duration) error {
	var faults []error
	for _, parent := range r.dirs.all() {
		entries, err := os.ReadDir(parent)
		if err != nil {
			return err
		}
		for _, entry := range entries {
			info, err := entry.Info()
			if err != nil || !entry.IsDir() || !strings.HasPrefix(entry.Name(), family) || time.Since(info.ModTime()) < grace {
				continue
			}
			if dir := filepath.Join(parent, entry.Name()); isVacant(dir) {
				faults = append(faults, removeDir(dir))
			}
		}
	}
	return errors.Join(faults...)
}

// isVacant tells whether neither a process nor a thread is in a cgroup or below it.
func isVacant(dir string) bool {
	for _, list := range []string{"cgroup.procs", "tasks"} {
		content, err := os.ReadFile(filepath.Join(dir, list))
		if len(content) > 0 || (err != nil && !errors.Is(err, fs.ErrNotExist)) {
			return false
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return false
	}
	for _, entry := range entries {
		if entry.IsDir() && !isVacant(filepath.Join(dir, entry.Name())) {
			return false
		}
	}
	return true
}
