// Package harness starts real daemons for tests and runs the real clients against them.
//
// It owns where a test's daemon lives (a short directory of its own, so that the paths of sockets stay short), that it is
// stopped when the test ends, and that nothing of it is left then. It knows nothing of what a test wants to show.
package harness
