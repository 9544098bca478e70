package config

import (
	"path/filepath"

	"github.com/clockworkd/clockwork/internal/userdirs"
)

// fillUserDirs takes the user's own directories for those that nobody named, for root too.
func (c *Config) fillUserDirs() error {
	if len(c.Listen) == 0 || c.RuntimeDir == "" {
		socket, err := userdirs.Socket()
		if err != nil {
			return err
		}
		if len(c.Listen) == 0 {
			c.Listen = []Address{{Network: "unix", Address: socket}}
		}
		if c.RuntimeDir == "" {
			c.RuntimeDir = filepath.Dir(socket)
		}
	}
	if c.StateDir == "" {
		dir, err := userdirs.StateDir()
		if err != nil {
			return err
		}
		c.StateDir = dir
	}
	return nil
}
