// Package client is how Go programs use a Clockwork daemon: execute a bundle, follow its events, ask about executions and
// runners.
//
// It owns the connection, the resumption of event streams and the mapping of the API's errors to Go types. It refuses to
// know what a bundle means, how anything looks on a terminal, and how a daemon is started.
//
// A stream of events that breaks (a cut connection, a restart of the daemon) resumes by itself, exactly where it stopped:
// no event comes twice and none is missing. That the daemon keeps its part of this is checked by the sequence numbers.
package client
