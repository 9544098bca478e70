// Package serve owns what the agent does to the process it runs in, and to its surroundings, before and after it serves: signals,
// descriptors, directories, the socket. It refuses to know the protocol.
package serve
