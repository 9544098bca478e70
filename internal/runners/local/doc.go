// Package local is the driver whose sandboxes are process trees on the daemon's own machine.
//
// A sandbox is two directories and an agent. The agent is started detached, with nothing of the daemon's: no environment, no
// descriptor, no session. So it outlives the daemon, and a later one finds it again by its socket. Nothing about a sandbox is
// kept in the daemon's memory that a restart would lose: paths follow from the id, and so does the token.
//
//	<state>/sandboxes/<runner>/<id>/workspace   the steps' files
//	                               /tmp         their TMPDIR
//	<runtime>/<short name>/agent.sock           the agent; short, as a socket's path must be
//	                      /agent.log            what it has to say about itself
//	                      /sandbox.json         whose it is, and which process is the agent
//
// Without the first of these directories the daemon has lost the sandbox, without the second one nobody can reach the agent; either way the agent ends
// by itself. What else such an orphan leaves, the next daemon that uses the runtime directory removes (remains.go).
//
// It refuses to know what runs in a sandbox, and how a tree is killed: package agent does.
package local
