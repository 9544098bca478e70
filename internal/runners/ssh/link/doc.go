// Package link keeps connections to one host: it makes them when they are needed, through other hosts where the way leads there, keeps
// them alive, notices within seconds when they are dead, and spreads sessions over them.
//
// It spares the host: there is never more than one attempt to connect under way, attempts that fail are followed by pauses that grow, and
// a host that refuses to let us in is not asked again for a while.
//
// It refuses to know what runs in a session, and where keys and passwords come from.
package link
