// Package engine is what the drivers for Docker and Podman share. Both engines speak the Docker Engine API
// (docs.docker.com/reference/api/engine/version/v1.41), and in both a sandbox is one container whose first process is the agent:
//
//	/.clockwork                the agent's program, read-only: a volume named by the program's digest, shared by all sandboxes
//	/.clockwork-run            its socket and spool: a tmpfs
//	/clockwork/box/workspace   the steps' files: in the container's layer, or in a volume where they could not write there
//
// Nothing of the image is used but its files and what it says of itself, so it needs no shell and may have any entry point. The agent
// is told what to do through the container's standard input, and reached through one exec of `clockwork-agent connect` that stays open.
// Everything that belongs to a sandbox carries its id as a label; nothing about it is kept in the daemon's memory alone.
//
// The package refuses to know where an engine is found, and what only one of the two can do: packages docker and podman do.
package engine
