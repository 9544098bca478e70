package podman

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"

	"github.com/clockworkd/clockwork/internal/runners/engine"
)

// New returns a driver. Podman's service need not run yet.
func New(o engine.Options) (*engine.Driver, error) {
	host := cmp.Or(o.Settings.Host, os.Getenv("CONTAINER_HOST"), defaultHost())
	dial, err := engine.DialHost(host)
	if err != nil {
		return nil, err
	}
	if o.Client, err = engine.NewClient(dial); err != nil {
		return nil, fmt.Errorf("cannot use Podman: %w", err)
	}
	o.Kind = "Podman"
	o.Remedy = "see that Podman's service runs at " + host + " (podman system service, or podman.socket of systemd) and that this user may use it"
	return engine.New(o)
}

// defaultHost is where Podman's service listens if nothing else is said: podman-system-service(1).
func defaultHost() string {
	if dir := os.Getenv("XDG_RUNTIME_DIR"); dir != "" && os.Getuid() != 0 {
		return "unix://" + filepath.Join(dir, "podman", "podman.sock")
	}
	return "unix:///run/podman/podman.sock"
}
