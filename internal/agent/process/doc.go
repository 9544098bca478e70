// Package process owns the processes of a sandbox: it starts them, keeps their output and exit records until these are acknowledged,
// and ends their trees. It refuses to know the protocol's calls: package agent translates.
package process
