package runners

import "github.com/clockworkd/clockwork/internal/agent"

// What a sandbox's agent takes and gives. Who holds a sandbox needs no other package for it.
type (
	// File is a file to write into the workspace.
	File = agent.File
	// Exit is how a process ended.
	Exit = agent.Exit
	// CollectLimit bounds what is collected from the workspace.
	CollectLimit = agent.CollectLimit
)

// ErrAgentGone says that a sandbox's agent does not exist any more, and with it whatever ran there.
var ErrAgentGone = agent.ErrGone
