//go:build !linux

package serve

// isolate does nothing: these systems have no subreaper, and do not let a process close itself to its own user.
func isolate() error { return nil }
