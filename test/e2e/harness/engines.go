package harness

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// ContainerEngine is where containers come from.
type ContainerEngine struct {
	// Name is for people; Type is that of a runner.
	Name, Type string
	// Host is the engine's address.
	Host string
}

// ContainerEngines returns all that the tests are to be run on.
func ContainerEngines(t *testing.T) []ContainerEngine {
	t.Helper()
	all := []ContainerEngine{
		{Name: "docker", Type: "docker", Host: os.Getenv("CLOCKWORK_TEST_DOCKER")},
		{Name: "podman", Type: "podman", Host: os.Getenv("CLOCKWORK_TEST_PODMAN")},
		{Name: "podman-rootless", Type: "podman", Host: os.Getenv("CLOCKWORK_TEST_PODMAN_ROOTLESS")},
	}
	for _, e := range all {
		if e.Host == "" {
			Missing(t, `needs %s: test/env up docker podman, then eval "$(test/env vars)"`, e.Name)
		}
	}
	return all
}

// Runner is a runner of the engine as an element of a YAML list; more are further keys, one a line.
func (e ContainerEngine) Runner(name, image string, more ...string) string {
	var out strings.Builder
	fmt.Fprintf(&out, "  - name: %s\n    type: %s\n    host: %s\n    image: %s\n    pull_policy: never\n    pool: {warm: 0}\n", name, e.Type, e.Host, image)
	for _, line := range more {
		fmt.Fprintf(&out, "    %s\n", line)
	}
	return out.String()
}

// Containers lists the engine's containers of a daemon, as its own command line does: id, name and state of each.
func (e ContainerEngine) Containers(t *testing.T, daemon *Daemon) []string {
	t.Helper()
	id, err := os.ReadFile(daemon.StatePath("daemon.id"))
	if err != nil {
		t.Fatal(err)
	}
	return e.lines(t, "ps", "--all", "--filter", "label=clockwork.daemon="+strings.TrimSpace(string(id)), "--format", "{{.ID}} {{.Names}} {{.Status}}")
}

// Command runs docker against the engine.
func (e ContainerEngine) Command(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("docker", append([]string{"--host", e.Host}, args...)...)
	cmd.Env = append(os.Environ(), "DOCKER_API_VERSION=1.41")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("docker %q: %v: %s", args, err, out)
	}
	return string(out)
}

func (e ContainerEngine) lines(t *testing.T, args ...string) []string {
	t.Helper()
	out := strings.TrimSpace(e.Command(t, args...))
	if out == "" {
		return nil
	}
	return strings.Split(out, "\n")
}
