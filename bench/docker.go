package main

import (
	"os"
	"os/exec"
	"strings"
)

// image is a small one with a shell, which test/env makes.
const image = "clockwork.test/shell:test"

// dockerMissing tells what to do before Docker can be a yardstick; empty: nothing.
func dockerMissing() string {
	const remedy = `run test/env up docker, then eval "$(test/env vars)"`
	if os.Getenv("DOCKER_HOST") == "" {
		return remedy
	}
	if _, err := exec.LookPath("docker"); err != nil {
		return "install the docker command"
	}
	out, err := exec.Command("docker", "image", "ls", "-q", image).Output()
	if err != nil || strings.TrimSpace(string(out)) == "" {
		return remedy
	}
	return ""
}

// dockerRun returns the command that runs another one in a new container.
func dockerRun(argv ...string) []string {
	return append([]string{"docker", "run", "--rm", "--network", "none", image}, argv...)
}
