package enginetest

import (
	"sync"
	"testing"

	"github.com/docker/docker/api/types/container"
)

// keepers are containers that use the volume of the agent on an engine while tests run there: else the drivers of parallel tests, each of
// which removes it at its end if nobody else uses it, would make and remove it all the time.
var keepers = struct {
	sync.Mutex
	byHost map[string]*keeper
}{byHost: make(map[string]*keeper)}

type keeper struct {
	containerID, volume string
	users               int
}

// keep keeps the volume until the end of the test.
func keep(tb testing.TB, e Engine) {
	tb.Helper()
	keepers.Lock()
	defer keepers.Unlock()
	k := keepers.byHost[e.Host]
	if k == nil {
		volume := "clockwork-agent-" + hostAgent(tb).Digest[:16]
		made, err := e.Client.ContainerCreate(bounded(tb), &container.Config{Image: "clockwork.test/shell:test", Cmd: forever},
			&container.HostConfig{Binds: []string{volume + ":/kept:ro"}, NetworkMode: "none"}, nil, nil, "")
		if err != nil {
			tb.Fatal(err)
		}
		k = &keeper{containerID: made.ID, volume: volume}
		keepers.byHost[e.Host] = k
	}
	k.users++
	tb.Cleanup(func() {
		keepers.Lock()
		defer keepers.Unlock()
		if k.users--; k.users > 0 {
			return
		}
		delete(keepers.byHost, e.Host)
		if err := e.Client.ContainerRemove(bounded(tb), k.containerID, container.RemoveOptions{Force: true}); err != nil {
			tb.Error(err)
		}
		_ = e.Client.VolumeRemove(bounded(tb), k.volume, false) // another process may use it
	})
}
