// Package agent owns both halves of the helper that lives in a sandbox: the server, which clockwork-agent runs there, and
// the client, through which the daemon uses it. Between them lies the protocol of proto/clockwork/agent/v1, over any byte stream.
//
// The halves' substance lies below: tree finds and kills processes, native starts and reaps them, spool keeps their output, process puts
// these together, workspace writes and collects files, serve makes an operating system's process an agent, bridge leads to its socket.
//
// It refuses to know where a sandbox is and how one gets there: a driver hands over a Dialer, and starts the server with a Launch.
// It knows nothing of bundles, steps or journals either: there are files, processes, and what a process prints.
package agent
