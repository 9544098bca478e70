package agent

// Protocol is the major version of the protocol that this package speaks, on both sides.
const Protocol = 1

// Hello is what an agent says of itself. It is as untrustworthy as everything from a sandbox.
type Hello struct {
	Version     string
	Protocol    uint32
	Incarnation string
	// OS and Arch are as Go names them.
	OS        string
	Arch      string
	Hostname  string
	Workspace string
	// BaseEnv is the environment that every process starts from.
	BaseEnv map[string]string
	// ProcessesStarted counts since the agent's start; 0 means that a sandbox is unused.
	ProcessesStarted uint64
	// UID that processes run as; -1 where the system has none.
	UID          int64
	Capabilities []Capability
}

// Capability is one thing that an agent may be able to do.
type Capability struct {
	// Name is in snake_case.
	Name      string
	Available bool
	// Detail tells how it is done, or why it is not.
	Detail string
	// Remedy tells an administrator what to do, if it is not.
	Remedy string
}
