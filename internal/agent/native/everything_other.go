//go:build !linux

package native

import "github.com/clockworkd/clockwork/internal/agent/tree"

// everything is all processes of the sandbox, as far as they stayed in the process group that they were born into.
func (s *Spawner) everything() tree.Set { return tree.Sessions(s.reaper.groups()...) }
