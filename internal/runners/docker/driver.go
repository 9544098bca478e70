package docker

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"

	"github.com/clockworkd/clockwork/internal/runners/engine"
)

// Host is where Docker listens if nothing else is said.
func Host() string { return cmp.Or(os.Getenv("DOCKER_HOST"), "unix:///var/run/docker.sock") }

// New returns a driver. The engine need not run yet.
func New(o engine.Options) (*engine.Driver, error) {
	host := cmp.Or(o.Settings.Host, Host())
	dial, err := engine.DialHost(host, o.Settings.TLS.OrEnvironment(), "docker")
	if err != nil {
		return nil, err
	}
	client, err := engine.NewClient(dial)
	if err != nil {
		return nil, fmt.Errorf("cannot use Docker: %w", err)
	}
	return engine.New(o, engine.Flavour{
		Kind: "Docker", Client: client, Create: engine.CreateByAPI(client), RegistryConfigs: registryConfigs(o.Settings),
		Remedy: "see that the Docker engine runs at " + host + " and that this user may use it",
	})
}

// registryConfigs is where the Docker CLI keeps credentials: docs.docker.com/reference/cli/docker, "Configuration files".
func registryConfigs(s engine.Settings) []string {
	if s.RegistryConfig != "" {
		return []string{s.RegistryConfig}
	}
	if dir := os.Getenv("DOCKER_CONFIG"); dir != "" {
		return []string{filepath.Join(dir, "config.json")}
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return nil
	}
	return []string{filepath.Join(home, ".docker", "config.json")}
}
