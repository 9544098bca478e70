// Package ssh is the driver whose sandboxes are process trees of a user on another host, reached by SSH alone.
//
// Of the host it needs a POSIX shell, a directory of the user's own, and leave to run a program: the agent, which is uploaded once for each
// version. All else on the host is done by that program (package hosting), so nothing depends on the login shell, its profile, or what is
// installed. A sandbox's agent is detached from the session that started it. Each sandbox is one channel over connections that all
// sandboxes share (package link): where the server forwards to Unix sockets that is a forwarded one, else a session that runs
// `clockwork-agent connect`.
//
// While the line is down the steps go on, and the agents keep what they print; when it is back the channels are opened anew. That a sandbox is
// lost is only said when the host says so.
//
// What the daemon remembers of a host can be found out anew: paths follow from the id, and so does the token.
//
// It refuses to know what runs in a sandbox, and how a tree is killed: package agent does.
package ssh
