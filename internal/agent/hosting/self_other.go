//go:build !linux

package hosting

import "os"

// self is the program of this process.
func self() (string, error) { return os.Executable() }
