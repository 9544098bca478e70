package rlimit

// Limits bound what each process may use. 0 does not limit.
type Limits struct {
	// OpenFiles is RLIMIT_NOFILE: descriptors at once.
	OpenFiles uint64 `json:"open_files,omitempty"`
	// FileSizeBytes is RLIMIT_FSIZE: who writes beyond it is sent SIGXFSZ.
	FileSizeBytes uint64 `json:"file_size_bytes,omitempty"`
	// UserProcesses is RLIMIT_NPROC. The kernel counts all processes and threads of the user, wherever they are, and lets root pass.
	UserProcesses uint64 `json:"user_processes,omitempty"`
}

// IsZero tells whether there are no limits.
func (l Limits) IsZero() bool { return l == Limits{} }
