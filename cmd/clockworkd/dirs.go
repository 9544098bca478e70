package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/clockworkd/clockwork/internal/config"
	"github.com/clockworkd/clockwork/internal/userdirs"
)

// prepareDirs makes the directories of sockets that are the daemon's to make: its runtime directory, and the user's own one, which
// lies where others might have been first. The journal makes the state directory.
func prepareDirs(c *config.Config) error {
	if usesOwnDir(c) {
		if _, err := userdirs.RuntimeDir(); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(c.RuntimeDir, 0o700); err != nil {
		return fmt.Errorf("cannot create the runtime directory: %w; choose another runtime_dir, or make it yourself", err)
	}
	return nil
}

func usesOwnDir(c *config.Config) bool {
	socket, err := userdirs.Socket()
	if err != nil { // then it is configured nowhere
		return false
	}
	own := filepath.Dir(socket)
	for _, address := range c.Listen {
		if address.Network == "unix" && filepath.Dir(address.Address) == own {
			return true
		}
	}
	return c.RuntimeDir == own
}
