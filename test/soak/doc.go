// Package soak runs random executions through the real binaries while random faults strike, and checks all the time that nothing
// is lost, nothing runs twice and nothing is left over.
//
// One seed draws the executions and the faults, and is printed first: the same seed draws the same ones again, though not
// the same moments. The steps run a program of the test's own (worker), which does its work by a plan (work) and keeps a record
// outside of its sandbox, so that what the daemon says can be compared with what has happened.
//
// The faults are SIGKILL of the daemon, also of one that just starts, and SIGTERM, each with a new start; SIGKILL of an agent;
// cuts of all connections of the clients; cancels, and timeouts of steps and executions. The runner is the local one. A full
// disk is not among the faults.
package soak
