package confine

// report is what is in force for the steps of a sandbox. A field that says why not is empty where it is in force, and where nobody wanted it.
type report struct {
	// network, mounts, processes and ipc are the namespaces that steps are in.
	network, mounts, processes, ipc bool
	// lastUserNamespace tells whether they can make no user namespace.
	lastUserNamespace   bool
	noNetwork, noMounts string

	// landlock is the version of its ABI that restricts steps; 0: none does.
	landlock   int
	noLandlock string
	// landlockFiles tells whether it restricts what they do with files.
	landlockFiles bool

	// filter tells whether system calls are filtered.
	filter   bool
	rules    int // how many
	noFilter string
	// noNewPrivileges tells whether no program gives steps more rights than they have.
	noNewPrivileges bool
	// privateTmp tells whether /tmp and /var/tmp are the sandbox's own.
	privateTmp bool
	// readOnly tells whether all but what is writable is mounted read-only.
	readOnly bool
}
