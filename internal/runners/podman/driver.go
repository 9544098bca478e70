package podman

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/clockworkd/clockwork/internal/runners/engine"
)

// Options are what a driver is made from.
type Options struct {
	engine.Options

	PodName  string
	Rootless *bool
}

// New returns a driver. Podman's service need not run yet.
func New(o Options) (*engine.Driver, error) {
	host := cmp.Or(o.Settings.Host, os.Getenv("CONTAINER_HOST"), defaultHost(o.Rootless))
	dial, err := engine.DialHost(host, o.Settings.TLS, "podman")
	if err != nil {
		return nil, err
	}
	client, err := engine.NewClient(dial)
	if err != nil {
		return nil, fmt.Errorf("cannot use Podman: %w", err)
	}
	own := libpod{client: client, pod: o.PodName}
	create := engine.CreateByAPI(client)
	if o.PodName != "" || !o.Settings.GPUs.None() {
		create = own.create
	}
	return engine.New(o.Options, engine.Flavour{
		Kind: "Podman", Client: client, Create: create, PodName: o.PodName,
		RegistryConfigs: registryConfigs(o.Settings), Accept: o.accept, Rootless: own.rootless,
		Remedy: "see that Podman's service runs at " + host + " (podman system service, or podman.socket of systemd) and that this user may use it",
	})
}

// accept refuses a service that has other rights than wanted.
func (o Options) accept(facts engine.Facts) error {
	switch {
	case o.Rootless == nil || *o.Rootless == facts.Rootless:
		return nil
	case *o.Rootless:
		return errors.New("cannot use this Podman: it has root's rights, and the runner says rootless: true; use the socket of an ordinary user's")
	}
	return errors.New("cannot use this Podman: it has no root's rights, and the runner says rootless: false; use the socket of root's")
}

const rootfulHost = "unix:///run/podman/podman.sock"

// defaultHost is where Podman's service listens if nothing else is said (podman-system-service(1)): the user's own before root's.
func defaultHost(rootless *bool) string {
	own := filepath.Join(cmp.Or(os.Getenv("XDG_RUNTIME_DIR"), fmt.Sprintf("/run/user/%d", os.Getuid())), "podman", "podman.sock")
	switch {
	case rootless != nil && *rootless:
		return "unix://" + own
	case rootless != nil || os.Getuid() == 0:
		return rootfulHost
	}
	if _, err := os.Stat(own); err != nil {
		if _, err := os.Stat(rootfulHost[len("unix://"):]); err == nil {
			return rootfulHost
		}
	}
	return "unix://" + own
}

// Host is where Podman is looked for if nothing else is said.
func Host() string { return cmp.Or(os.Getenv("CONTAINER_HOST"), defaultHost(nil)) }

// registryConfigs is where Podman keeps credentials: containers-auth.json(5).
func registryConfigs(s engine.Settings) []string {
	if own := cmp.Or(s.RegistryConfig, os.Getenv("REGISTRY_AUTH_FILE")); own != "" {
		return []string{own}
	}
	var all []string
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" {
		all = append(all, filepath.Join(dir, "containers", "auth.json"))
	}
	if home, err := os.UserHomeDir(); err == nil {
		all = append(all, filepath.Join(home, ".config", "containers", "auth.json"), filepath.Join(home, ".docker", "config.json"))
	}
	return all
}
