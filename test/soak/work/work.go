package work

import (
	"encoding/binary"
	"math/rand/v2"
	"time"
)

// Work is what one step has to do, in each of its runs.
type Work struct {
	// Key stands for the work in the records. It is in the command line of every process that the work starts.
	Key string
	// Records is the address that the runs report to, unix:///path or tcp://host:port. Who listens there is outside of the sandbox.
	Records string
	// Seed determines the output.
	Seed uint64
	// Stdout and Stderr are how many bytes a run writes there.
	Stdout, Stderr int
	// Lasts is how long a run pauses in the middle of its output.
	Lasts time.Duration
	// The first Fails runs exit with Code, all others with 0.
	Fails, Code int
	// Keeps is the file, relative to where a run starts, that it writes what it prints to standard output to before it ends; empty: none.
	Keeps string
	// Stubborn runs ignore SIGTERM.
	Stubborn bool
	// Child is whether a run leaves a child in the background, in a session of its own.
	Child bool
	// Holds is whether that child holds the run's output open.
	Holds bool
}

// Output returns all that a run writes to both of its streams.
func (w Work) Output() (stdout, stderr []byte) {
	var seed [32]byte
	binary.LittleEndian.PutUint64(seed[:], w.Seed)
	all := make([]byte, w.Stdout+w.Stderr)
	_, _ = rand.NewChaCha8(seed).Read(all) // it does not fail
	return all[:w.Stdout], all[w.Stdout:]
}

// ExitCode is what the run of this number, from 1, exits with.
func (w Work) ExitCode(run int) int {
	if run <= w.Fails {
		return w.Code
	}
	return 0
}
