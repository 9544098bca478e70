// Package bundle owns the input: it decodes a document, checks every rule that a bundle must keep, and
// turns it into the one form that the rest of the daemon works with.
//
// It knows nothing of runners, policies or executions, and touches no file but the bytes it is given.
package bundle
