package drivertest

import (
	"testing"

	"github.com/clockworkd/clockwork/internal/runners"
)

// Harness is an environment in which drivers can be tried. Each case gets one of its own; cases run in parallel.
type Harness struct {
	// Driver returns the driver of one runner of a daemon. Two calls for one daemon are two lives of it: the second
	// driver finds what the first one created. The case closes it.
	Driver func(t *testing.T, daemon string) runners.Driver
	// Limited is the same for a runner with Limits. Nil: the driver cannot limit anything.
	Limited func(t *testing.T, daemon string) runners.Driver
	// Confined is the same for a runner that denies steps the network and writing to files. Nil: the driver cannot.
	Confined func(t *testing.T, daemon string) runners.Driver
	// Program is the test program for the platform of the sandboxes, see Build.
	Program []byte
	// Cut breaks the connections to the agent of a sandbox, which goes on and can be dialed again.
	Cut func(t *testing.T, id string)
	// Kill ends the agent of a sandbox as a fault would, and does not clean up after it.
	Kill func(t *testing.T, id string)
	// Leftovers lists what exists of all the daemons' sandboxes, one line each: processes, directories, containers, whatever
	// there can be. It looks at the environment itself, not through a driver.
	Leftovers func(t *testing.T) []string
}
