// Package fake is a driver for tests: its sandboxes are served by the real agent, in this process and over an in-memory
// connection, and their processes are Go functions. A test steers what a real environment does only now and then: a
// failed provision, a slow pull, a sandbox that vanishes, a connection that breaks, an agent that was started anew.
//
// It uses no clock but package time, no socket and no process, so it works in a bubble of testing/synctest. It keeps the
// contract of a driver, which the conformance suite checks. It refuses to know bundles and steps.
package fake
