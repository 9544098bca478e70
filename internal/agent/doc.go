// Package agent owns both halves of the helper that lives in a sandbox: the server, which clockwork-agent runs there, and
// the client, through which the daemon uses it. Between them lies the protocol of proto/clockwork/agent/v1, over any byte stream.
//
// It refuses to know where a sandbox is and how one gets there: a driver hands over a Dialer, and starts the server with a Launch.
// It knows nothing of bundles, steps or journals either: there are files, processes, and what a process prints.
package agent
