package diagnosis

import (
	"fmt"

	"golang.org/x/sys/unix"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// fewShare is the share of a file system's inodes below which they are called few.
const fewShare = 50

// Disk looks at the room that the file system of a path has for this user. Less than enough bytes is a warning.
func Disk(name, path string, enough uint64) *clockworkv1.DaemonFinding {
	var disk unix.Statfs_t
	if err := unix.Statfs(path, &disk); err != nil {
		return Problem(name, fmt.Sprintf("cannot learn how much room %s has: %v", path, err), "mend the directory")
	}
	free, total := disk.Bavail*uint64(disk.Bsize), disk.Blocks*uint64(disk.Bsize)
	detail := fmt.Sprintf("%s of %s are free on the disk of %s", Size(free), Size(total), path)
	switch {
	case free < enough:
		return Warning(name, detail, "make room there: with less than "+Size(enough)+" it may soon be full")
	case disk.Files > 0 && disk.Ffree < disk.Files/fewShare: // some file systems make inodes as they need them, and say 0
		return Warning(name, detail+fmt.Sprintf(", but only %d of %d inodes are", disk.Ffree, disk.Files), "remove files there")
	default:
		return OK(name, detail)
	}
}

// Size is a number of bytes for a person: three digits in the largest binary unit.
func Size(bytes uint64) string {
	const step = 1024
	if bytes < step {
		return fmt.Sprintf("%d bytes", bytes)
	}
	value, unit := float64(bytes)/step, 0
	units := []string{"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"}
	for value >= 999.5 && unit < len(units)-1 {
		value /= step
		unit++
	}
	return fmt.Sprintf("%.3g %s", value, units[unit])
}
