// Package e2e shows, with the real binaries and from the outside, that the daemon keeps its contracts: it starts daemons,
// runs clockworkctl and grpcurl against them as a user would, and looks at what they print, at their exit codes, and at
// what is left on the machine.
//
// It refuses to know how any of that is done: nothing here imports the daemon's packages. What is particular to one
// package is tested there.
package e2e
