package hosting

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/clockworkd/clockwork/internal/agent/removal"
)

// How long things are left that nobody seems to need.
const (
	sweepInterval = time.Hour           // between two looks, of whatever daemon
	abandonedAge  = 7 * 24 * time.Hour  // of sandboxes without an agent
	keptAge       = 7 * 24 * time.Hour  // of workspaces that were to be kept
	programAge    = 30 * 24 * time.Hour // of agents' programs, since they were last used
	uploadAge     = 24 * time.Hour      // of uploads that were never finished
)

// UploadPrefix begins the name of a program in the directory of agents that has not arrived whole.
const UploadPrefix = ".upload-"

// sweep removes what has outlived its use: of every owner, for the daemon that left it may never come back. What fails, fails the next time
// too, and is nobody's concern now.
func (c command) sweep(now time.Time) {
	if last, err := os.Stat(c.swept()); err == nil && now.Sub(last.ModTime()) < sweepInterval {
		return
	}
	if os.WriteFile(c.swept(), nil, 0o600) != nil || os.Chtimes(c.swept(), now, now) != nil {
		return
	}
	for path, modified := range entries(c.kept()) {
		if now.Sub(modified) > keptAge {
			_ = removal.Tree(path)
		}
	}
	for path, modified := range entries(c.agents()) {
		limit := programAge
		if unfinished, _ := filepath.Match(UploadPrefix+"*", filepath.Base(path)); unfinished {
			limit = uploadAge
		}
		if now.Sub(modified) > limit {
			_ = os.Remove(path)
		}
	}
	for owned := range entries(c.all()) {
		c.sweepOwner(layout{work: c.work, owner: filepath.Base(owned), uid: c.uid}, now)
	}
}

// sweepOwner removes the sandboxes of an owner that have been without an agent for long.
func (c command) sweepOwner(of layout, now time.Time) {
	ctx, cancel := context.WithTimeout(context.Background(), destroyTimeout)
	defer cancel()
	for path, modified := range entries(of.owned()) {
		id := filepath.Base(path)
		if now.Sub(modified) <= abandonedAge || !validID.MatchString(id) {
			continue
		}
		abandoned := command{layout: of}
		if abandoned.answers(ctx, id) {
			continue
		}
		release, err := of.acquire(id, 0)
		if err != nil {
			continue
		}
		_ = abandoned.remove(ctx, id)
		release()
	}
	_ = os.Remove(of.owned()) // if nothing is in it
}

// entries lists a directory, with the times of the last changes.
func entries(dir string) func(yield func(path string, modified time.Time) bool) {
	return func(yield func(string, time.Time) bool) {
		found, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return
		}
		for _, entry := range found {
			info, err := entry.Info()
			if err != nil {
				continue
			}
			if !yield(filepath.Join(dir, entry.Name()), info.ModTime()) {
				return
			}
		}
	}
}
