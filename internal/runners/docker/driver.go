package docker

import (
	"cmp"
	"fmt"
	"os"

	"github.com/clockworkd/clockwork/internal/runners/engine"
)

// DefaultHost is where Docker listens if nothing else is said.
const DefaultHost = "unix:///var/run/docker.sock"

// New returns a driver. The engine need not run yet.
func New(o engine.Options) (*engine.Driver, error) {
	host := cmp.Or(o.Settings.Host, os.Getenv("DOCKER_HOST"), DefaultHost)
	dial, err := engine.DialHost(host)
	if err != nil {
		return nil, err
	}
	if o.Client, err = engine.NewClient(dial); err != nil {
		return nil, fmt.Errorf("cannot use Docker: %w", err)
	}
	o.Kind = "Docker"
	o.Remedy = "see that the Docker engine runs at " + host + " and that this user may use it"
	return engine.New(o)
}
