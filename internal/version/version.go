// Package version holds the one version that the daemon, its agents and its clients were built as. It refuses to
// know who compares it: the agent's handshake and the client's check of its daemon do that.
package version

// Version is what `git describe --tags --always --dirty` said of the tree when `make build` linked the binary, and
// "dev" in a binary that was built without it, as those of `go run` and `go test` are.
var Version = "dev"
