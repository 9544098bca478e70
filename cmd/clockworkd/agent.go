package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
)

// agentName is the program that every sandbox of this host runs.
const agentName = "clockwork-agent"

// findAgent returns the path of the agent that lies beside this executable, wherever that is linked from.
func findAgent() (string, error) {
	self, err := os.Executable()
	if err == nil {
		self, err = filepath.EvalSymlinks(self)
	}
	if err != nil {
		return "", fmt.Errorf("cannot tell where clockworkd itself is, to find %s beside it: %w", agentName, err)
	}
	path := filepath.Join(filepath.Dir(self), agentName)
	if _, err := exec.LookPath(path); err != nil {
		return "", fmt.Errorf("cannot run %s: %w; install it beside clockworkd (make build puts both into bin/)", path, err)
	}
	return path, nil
}
