package confine

import (
	"fmt"
	"path/filepath"
)

// Plan is what steps are kept from. The zero Plan keeps them from nothing. What it denies is denied, or Start fails; what it only wishes, in
// Hidden and PrivateTmp, is done as far as the machine permits.
type Plan struct {
	// DenyNetwork leaves steps no network, no abstract socket of the host, and no service behind a Unix socket.
	DenyNetwork bool `json:"deny_network,omitempty"`
	// DenyWrites leaves steps what is below Writable to write to.
	DenyWrites bool `json:"deny_writes,omitempty"`
	// ReadPaths leaves steps these paths to read, what is below Writable and Visible, and what every program needs. Empty: everything.
	ReadPaths []string `json:"read_paths,omitempty"`
	// Harden takes from steps what no build needs: see the filter of system calls, and Kept. Everything above implies it.
	Harden bool `json:"harden,omitempty"`

	// Writable and Visible are directories of the sandbox's own, and files and directories that it uses. They are there also where a
	// directory around them is hidden.
	Writable []string `json:"writable,omitempty"`
	Visible  []string `json:"visible,omitempty"`
	// Hidden are directories that steps find empty.
	Hidden []string `json:"hidden,omitempty"`
	// PrivateTmp is a directory that steps see as /tmp and /var/tmp. Empty: they see the machine's.
	PrivateTmp string `json:"private_tmp,omitempty"`

	// FirstProcess says that the agent is the first process of a PID namespace, and has a mount namespace.
	FirstProcess bool `json:"first_process,omitempty"`
	// UserNamespace says that the agent is in a user namespace of its own.
	UserNamespace bool `json:"user_namespace,omitempty"`
	// Borrowed says that the agent has capabilities, in that namespace, for the sake of this Plan alone.
	Borrowed bool `json:"borrowed,omitempty"`
	// NoProcesses and NoMounts say why there can be no PID namespace and no mount namespace, if that was found out before. Remedy is
	// what an administrator can do about it.
	NoProcesses string `json:"no_processes,omitempty"`
	NoMounts    string `json:"no_mounts,omitempty"`
	Remedy      string `json:"remedy,omitempty"`
	// User is whom the agent and the steps are to be, once everything is set up. Nil: who they are.
	User *User `json:"user,omitempty"`
}

// User is a user of the machine with its groups.
type User struct {
	UID    int   `json:"uid"`
	GID    int   `json:"gid"`
	Groups []int `json:"groups"`
}

// Confines tells whether steps are kept from anything.
func (p Plan) Confines() bool {
	return p.DenyNetwork || p.DenyWrites || p.Harden || len(p.ReadPaths) > 0
}

// NeedsThread tells whether steps are to be started from a thread of their own.
func (p Plan) NeedsThread() bool { return p.Confines() || p.PrivateTmp != "" }

// Check returns what is wrong with a Plan.
func (p Plan) Check() error {
	for _, paths := range [][]string{p.ReadPaths, p.Writable, p.Visible, p.Hidden} {
		for _, path := range paths {
			if !filepath.IsAbs(path) {
				return fmt.Errorf("cannot confine steps: %q is not an absolute path", path)
			}
		}
	}
	if p.PrivateTmp != "" && !filepath.IsAbs(p.PrivateTmp) {
		return fmt.Errorf("cannot confine steps: %q is not an absolute path", p.PrivateTmp)
	}
	return nil
}
