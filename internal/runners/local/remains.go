package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/clockworkd/clockwork/internal/agent/removal"
)

// remainsGrace is how long nothing must have changed in a run directory before it is taken for one that nobody completes any more.
const remainsGrace = 10 * time.Minute

// Scavenge removes sandboxes of this daemon's former runners, and what sandboxes of other daemons have left in the runtime directory.
func (d *Driver) Scavenge(ctx context.Context, configured func(runner string) bool) error {
	return errors.Join(d.destroyRetired(ctx, configured), d.removeRemains(ctx), d.cgroups.removeRemains())
}

// destroyRetired destroys all sandboxes of runners that are not configured any more.
func (d *Driver) destroyRetired(ctx context.Context, configured func(runner string) bool) error {
	all := filepath.Join(d.options.StateDir, sandboxesName)
	var faults []error
	for name, err := range names(all) {
		if err != nil {
			return fmt.Errorf("cannot look for sandboxes of former runners: %w", err)
		}
		if !configured(name) {
			faults = append(faults, d.ofRunner(name).destroyAll(ctx))
			_ = os.Remove(filepath.Join(all, name)) // it stays as long as something is in it
		}
	}
	return errors.Join(faults...)
}

// ofRunner is the driver of another runner of this daemon, as far as it takes to destroy its sandboxes.
func (d *Driver) ofRunner(name string) *Driver {
	options := d.options
	options.RunnerName = name
	return &Driver{options: options, layout: newLayout(options), base: d.base, dialer: d.dialer, cgroups: d.cgroups.of(newLayout(options).owner)}
}

func (d *Driver) destroyAll(ctx context.Context) error {
	ids, err := d.List(ctx)
	faults := []error{err}
	for _, id := range ids {
		faults = append(faults, d.Destroy(ctx, id))
	}
	return errors.Join(faults...)
}

// isShortName tells what may be the name of a run directory.
var isShortName = regexp.MustCompile(fmt.Sprintf(`^[0-9a-f]{%d}-[0-9a-f]{%d}$`, ownerDigits, sandboxDigits)).MatchString

// removeRemains removes run directories of others that are nobody's any more.
func (d *Driver) removeRemains(ctx context.Context) error {
	var faults []error
	for name, err := range names(d.layout.runtimeDir) {
		if err != nil {
			return fmt.Errorf("cannot look for what others have left: %w", err)
		}
		dir := filepath.Join(d.layout.runtimeDir, name)
		if !isShortName(name) || strings.HasPrefix(name, d.layout.owner+"-") || !d.isDead(ctx, dir) {
			continue
		}
		if err := removeDead(ctx, dir); err != nil {
			faults = append(faults, fmt.Errorf("cannot remove what another daemon has left: %w", err))
		}
	}
	return errors.Join(faults...)
}

// isDead tells whether a run directory is nobody's: it was not touched for a while, the sandbox that it names is in nobody's state, and no agent
// listens in it.
func (d *Driver) isDead(ctx context.Context, dir string) bool {
	info, err := os.Lstat(dir)
	if err != nil || !info.IsDir() || time.Since(info.ModTime()) < remainsGrace {
		return false
	}
	r, err := readRecord(filepath.Join(dir, recordName))
	switch {
	case errors.Is(err, fs.ErrNotExist): // whoever made the directory was killed before it could say whose it is
	case err != nil:
		return false
	default:
		if _, err := os.Lstat(r.Dir); !errors.Is(err, fs.ErrNotExist) {
			return false
		}
	}
	conn, err := d.dialer(ctx, filepath.Join(dir, socketName))
	if err == nil {
		_ = conn.Close() // nothing was said
	}
	return errors.Is(err, unix.ECONNREFUSED) || errors.Is(err, unix.ENOENT)
}

// removeDead removes a run directory, and kills what its sandbox still runs without an agent.
func removeDead(ctx context.Context, dir string) error {
	if r, err := readRecord(filepath.Join(dir, recordName)); err == nil && validID.MatchString(r.ID) {
		if err := endRest(ctx, r.ID, r.Cgroup); err != nil {
			return err
		}
	}
	return removal.Tree(dir)
}
