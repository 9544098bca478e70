package main

import (
	"fmt"
	"slices"

	"go.uber.org/zap"
	"golang.org/x/sys/unix"

	"github.com/clockworkd/clockwork/internal/config"
)

const (
	// ownFiles is how many files the daemon itself needs: the database, sockets, its log.
	ownFiles = 24
	// sandboxFiles is how many it needs for each sandbox: the connection to its agent, the agent's process, the output, and one for what
	// is open for a moment.
	sandboxFiles = 4
)

// affordable returns the runners with a lower pool.max where the daemon may not open enough files for so many sandboxes: what has no room waits then, where it would fail
// half-way otherwise. A quarter of the files is left to clients. The Go runtime has raised the soft limit to the hard one already
// (package os), for the daemon, and not for what it starts.
func affordable(all []config.Runner, log *zap.Logger) ([]config.Runner, error) {
	var files unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &files); err != nil {
		return nil, fmt.Errorf("cannot learn how many files may be open: %w", err)
	}
	wanted := uint64(0)
	for _, r := range all {
		wanted += uint64(r.Pool.Max)
	}
	limit := sandboxesWithin(files.Cur)
	if wanted <= limit {
		return all, nil
	}
	all = slices.Clone(all)
	for i := range all {
		pool := &all[i].Pool
		pool.Max = max(1, int(uint64(pool.Max)*limit/wanted))
		pool.Warm = min(pool.Warm, pool.Max)
	}
	log.Warn("fewer sandboxes at once than the runners' pool.max allow, because too few files may be open; raise the limit (ulimit -n, LimitNOFILE)",
		zap.Uint64("open_files", files.Cur), zap.Uint64("wanted", wanted), zap.Uint64("allowed", limit))
	return all, nil
}

// sandboxesWithin is how many sandboxes a number of open files is enough for.
func sandboxesWithin(files uint64) uint64 {
	left := files - files/4
	if left < ownFiles+sandboxFiles {
		return 1
	}
	return (left - ownFiles) / sandboxFiles
}
