package cgroup

// Place is where the processes of a sandbox live, and what they may use there. A daemon that has made it hands it to the agent.
type Place struct {
	Dirs

	// Leaves is how many there are, named by their numbers, besides the one named rest.
	Leaves int `json:"leaves"`
	// MemoryBytes and Processes are the limits; 0: none.
	MemoryBytes uint64 `json:"memory_bytes,omitempty"`
	Processes   uint64 `json:"processes,omitempty"`
	// Throttled tells that there is a CPU limit.
	Throttled bool `json:"throttled,omitempty"`
}

// rest is the name of the leaf for all that find no other one free.
const rest = "rest"
