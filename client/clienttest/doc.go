// Package clienttest is a daemon that runs nothing: it serves the real API on a real Unix socket and plays, for each
// bundle it is given, the script that a test wrote. It is for tests of programs that use the client package.
//
// It owns the event log that the API promises (accept, append, replay, follow, join by key) and the faults a test wants:
// refusals, cut streams, restarts. It refuses to know any rule about bundles, and keeps nothing on disk.
package clienttest
