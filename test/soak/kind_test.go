package soak

import (
	"testing"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// kind is what the test has to know of a type of runners. Each type has one, in a file of its own. Everything else is the same for all:
// the executions, the faults that strike the daemon, its disk and its clients, and what is checked.
type kind interface {
	// Records are the address, unix:///path or tcp://host:port, at which the test listens to what steps report, and the one at
	// which steps reach it.
	Records() (listen, dial string)
	// Equip adds to a bundle what the sandboxes lack, and returns what the worker is called in them.
	Equip(bundle *clockworkv1.ArtifactBundle) (worker string)
	// Faults are those that only this kind knows.
	Faults() []fault
	// Sandboxes lists what exists of the daemon's sandboxes, one line for each: containers, directories, Pods.
	Sandboxes(t *testing.T) []string
	// Left lists whatever else of ours exists that must not outlive the sandboxes, one line each: sockets, volumes, networks, cgroups.
	// Neither asks the daemon or its driver. Both are asked when the daemon has drained, and must be empty then.
	Left(t *testing.T) []string
}

// ground is what a kind is made on, before the daemon is started.
type ground struct {
	// daemon has its directories, and nothing in them. Whatever belongs to the test carries the path daemon.Dir.
	daemon *harness.Daemon
	// worker is a static program of this machine, in daemon.Dir.
	worker string
	// runner is the runner's configuration, for the kind to complete: mounts that lead to the worker, for instance.
	runner map[string]any
	// options are the daemon's, for the kind to complete: its environment, for instance.
	options *harness.DaemonOptions
	// dice draws what the kind's faults strike.
	dice dice
}

// kinds is all types of runners that can be soaked.
var kinds = map[string]func(t *testing.T, g ground) kind{
	"docker": newDocker,
	"local":  newLocal,
	"ssh":    newRemote,
}
