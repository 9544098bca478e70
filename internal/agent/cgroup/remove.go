package cgroup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"
)

// Exists tells whether there is anything of a cgroup.
func (d Dirs) Exists() bool {
	return slices.ContainsFunc(d.all(), func(dir string) bool {
		_, err := os.Lstat(dir)
		return err == nil
	})
}

// Kill kills everything in a cgroup and below it at once, where the kernel can (version 2, since Linux 5.14).
func (d Dirs) Kill() {
	if d.Unified != "" {
		_ = write(d.Unified, "cgroup.kill", "1") // who kills them one by one finds out
	}
}

// pause is between two tries to remove a cgroup whose last process has ended, but is not reaped yet.
const pause = 5 * time.Millisecond

// Remove removes a cgroup with all below it. It waits until nobody is in it; one that does not exist is removed already.
func (d Dirs) Remove(ctx context.Context) error {
	for {
		err := removeDirs(d)
		if err == nil {
			return nil
		}
		timer := time.NewTimer(pause)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return fmt.Errorf("cannot remove a cgroup: %w", err)
		}
	}
}

// removeDirs tries once.
func removeDirs(d Dirs) error {
	var faults []error
	for _, dir := range d.all() {
		faults = append(faults, removeDir(dir))
	}
	return errors.Join(faults...)
}

func removeDir(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !entry.IsDir() {
			continue
		}
		if err := removeDir(filepath.Join(dir, entry.Name())); err != nil {
			return err
		}
	}
	if err := os.Remove(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
