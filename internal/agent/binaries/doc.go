// Package binaries finds the agents that clockworkd brings along, one for each platform, to put into sandboxes that do not have one.
//
// They lie beside clockworkd, as make build and make agents leave them:
//
//	clockwork-agent                    for this host
//	agents/clockwork-agent-OS-ARCH     for others
//
// It refuses to know how an agent gets into a sandbox.
package binaries
