// Package drivertest is the conformance suite of drivers: one case per obligation of runners.Driver, and of the agent as a
// driver has to deliver it. Every driver passes the same cases; its test file makes a Harness and calls Run.
//
// A case knows nothing of how a driver works. It runs one program in its sandboxes, package program, because a sandbox may have no
// other.
package drivertest
