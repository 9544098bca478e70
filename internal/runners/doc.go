// Package runners owns where executions run: the contract of a driver, the configured runners, how one is selected, and the
// pool that keeps sandboxes warm.
//
// It knows nothing of bundles or steps. What all drivers have in common when a step runs lives in package agent.
package runners
