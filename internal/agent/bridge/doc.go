// Package bridge owns the way from a standard input and output, which every environment's exec can carry, to the agent's socket. It
// refuses to look at what it carries.
package bridge
