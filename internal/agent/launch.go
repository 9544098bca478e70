package agent

// Launch is what `clockwork-agent serve` reads from its standard input, as one JSON object. It travels that way because neither
// arguments nor the environment of a process are private.
type Launch struct {
	// ID of the sandbox. Processes are tagged with it, see package tree.
	ID string `json:"id"`
	// Token that every call must carry; not empty.
	Token string `json:"token"`
	// RunDir is an absolute path, outside of the workspace, for the socket and the spool. It is created with mode 0700; one
	// that exists must belong to the agent's user and be closed to others. At most 90 bytes, for the sake of the socket's address.
	RunDir string `json:"run_dir"`
	// Workspace is the absolute path of the directory that files are written to and processes start in. It is created if missing.
	Workspace string `json:"workspace"`
	// Tmp becomes TMPDIR, and is created if missing. Empty: /tmp.
	Tmp string `json:"tmp,omitempty"`
	// Home becomes HOME, and is created if missing. Empty: the workspace.
	Home string `json:"home,omitempty"`
	// Env is laid over PATH, HOME, TMPDIR and LANG. Together they are the base environment of every process; nothing of the
	// agent's own environment is.
	Env map[string]string `json:"env,omitempty"`
}

// Ready is what `clockwork-agent serve` prints to its standard output, as one line of JSON, once it can be dialed.
type Ready struct {
	// Socket is the absolute path of the Unix socket that it listens on.
	Socket string `json:"socket"`
	// Incarnation is what Hello will say.
	Incarnation string `json:"incarnation"`
}
