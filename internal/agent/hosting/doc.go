// Package hosting owns the sandboxes of one user on a host where nothing of the daemon's runs for long: directories, and agents that are
// started detached. It is the half of `clockwork-agent host` that works there; a driver that can run commands on the host has the other
// half. Each command reads one Order, gives its answers, and ends.
//
//	<work>/agents/<digest>                          the agent's program, one per version; the driver puts it there
//	      /sandboxes/<owner>/<id>/workspace         the steps' files
//	                             /tmp, /home        their TMPDIR; their HOME, where the user has none
//	                             /sandbox.json      whose it is
//	                             /lock              held while the sandbox is being made or destroyed
//	      /run/<short name>/agent.sock, agent.log   short, as a socket's path must be
//	      /kept/<id>                                workspaces that were to be kept
//	      /cache                                    what tools download, for all sandboxes
//
// Nothing is half done for ever: a sandbox whose maker hears no more from the daemon is destroyed by it again, and what a
// daemon that never came back has left is removed by the next one of the same user, after a while.
//
// It refuses to know how the daemon gets here, and how anybody else's host is reached.
package hosting
