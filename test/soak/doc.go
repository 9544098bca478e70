// Package soak runs random executions through the real binaries while random faults strike, and checks all the time that nothing
// is lost, nothing runs twice and nothing is left over.
//
// One seed draws the executions and the faults, and is printed first: the same seed draws the same ones again, though not
// the same moments. The steps run a program of the test's own (worker), which does its work by a plan (work) and reports to the test
// itself, past the sandbox and the daemon, so that what the daemon says can be compared with what has happened.
//
// The faults are SIGKILL of the daemon, also of one that just starts, and SIGTERM, each with a new start; cuts of all connections of the
// clients; a full disk, also for a daemon that starts on it; those that the kind of the runner adds (kind.Faults); and, drawn with the
// executions, cancels, and timeouts of steps and executions.
//
// The runner is a local one, or any other: -soak.config names a daemon's configuration, -soak.runner a runner in it. What the test has to know of
// a type of runners is a kind.
package soak
