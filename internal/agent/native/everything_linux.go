package native

import (
	"os"

	"github.com/clockworkd/clockwork/internal/agent/tree"
)

// everything is all processes of the sandbox, but not its agent. The agent is the subreaper, so all are its descendants; of those that
// were born by a process outside of the sandbox, a tag tells.
func (s *Spawner) everything() tree.Set {
	if s.untagged != nil {
		return tree.Descendants(os.Getpid())
	}
	return tree.Sandbox(s.sandbox).WithDescendants(os.Getpid())
}
