package soak

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/network"
	"github.com/docker/docker/api/types/volume"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"

	"github.com/clockworkd/clockwork/internal/runners/engine/enginetest"
	"github.com/clockworkd/clockwork/test/e2e/harness"
)

// containers is the kind whose sandboxes are containers of an engine on this machine. The daemon's home is mounted into them at its
// own path, so that they find the worker and the recorder.
type containers struct {
	ground
	engine enginetest.Engine
	// own is the engine if it is the test's own, which may then be struck, too.
	own *enginetest.Own
}

// newDocker soaks the engine that the runner names, or one of the test's own.
func newDocker(t *testing.T, g ground) kind {
	t.Helper()
	k := &containers{ground: g}
	if host, given := g.runner["host"].(string); given {
		k.engine = enginetest.At(t, host)
	} else {
		k.own = enginetest.StartDocker(t)
		k.engine = k.own.Engine
		g.runner["host"], g.runner["image"] = k.own.Host, "clockwork.test/shell:test"
	}
	g.runner["volumes"] = map[string]any{g.daemon.Dir: g.daemon.Dir + ":ro"}
	g.options.Config += "\nallow_host_mounts: [" + g.daemon.Dir + "]\n"
	return k
}

// Records lie in the daemon's home.
func (k *containers) Records() (listen, dial string) {
	address := "unix://" + filepath.Join(k.daemon.Dir, "records.sock")
	return address, address
}

// Equip has nothing to add.
func (k *containers) Equip(*clockworkv1.ArtifactBundle) string { return k.worker }

// Faults are those of containers, and of an engine that is the test's own: with it all its containers end.
func (k *containers) Faults() []fault {
	all := []fault{
		{name: "SIGKILL of a container", weight: 2, costs: 1, strike: k.kill},
		{name: "removal of a container", weight: 1, costs: 1, strike: k.remove},
		{name: "pause of a container", weight: 1, strike: k.pause},
	}
	if k.own == nil {
		return all
	}
	return append(all,
		fault{name: "restart of the engine", weight: 1, costs: clients + warm, strike: k.outage((*enginetest.Own).Stop)},
		fault{name: "SIGKILL of the engine", weight: 1, costs: clients + warm, strike: k.outage((*enginetest.Own).Kill)},
	)
}

// one draws a container that runs; empty if there is none.
func (k *containers) one(t *testing.T) string {
	t.Helper()
	running := k.list(t, false)
	if len(running) == 0 {
		return ""
	}
	return running[k.dice.IntN(len(running))].ID
}

// strike does something to a container. Nobody knows whether it is still there.
func (k *containers) strike(t *testing.T, do func(ctx context.Context, id string) error) bool {
	t.Helper()
	id := k.one(t)
	return id != "" && do(within(t), id) == nil
}

func (k *containers) kill(t *testing.T) bool {
	t.Helper()
	return k.strike(t, func(ctx context.Context, id string) error { return k.engine.Client.ContainerKill(ctx, id, "KILL") })
}

func (k *containers) remove(t *testing.T) bool {
	t.Helper()
	return k.strike(t, func(ctx context.Context, id string) error {
		return k.engine.Client.ContainerRemove(ctx, id, container.RemoveOptions{Force: true, RemoveVolumes: true})
	})
}

func (k *containers) pause(t *testing.T) bool {
	t.Helper()
	return k.strike(t, func(ctx context.Context, id string) error {
		if err := k.engine.Client.ContainerPause(ctx, id); err != nil {
			return err
		}
		<-time.After(k.dice.upTo(250 * time.Millisecond))
		_ = k.engine.Client.ContainerUnpause(ctx, id) // it may have been removed
		return nil
	})
}

func (k *containers) outage(end func(*enginetest.Own, testing.TB)) func(t *testing.T) bool {
	return func(t *testing.T) bool {
		t.Helper()
		end(k.own, t)
		<-time.After(k.dice.upTo(250 * time.Millisecond))
		k.own.Start(t)
		return true
	}
}

// Sandboxes are containers with the daemon's labels.
func (k *containers) Sandboxes(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, c := range k.list(t, true) {
		all = append(all, fmt.Sprintf("%s %s", c.Names, c.Status))
	}
	return all
}

func (k *containers) list(t *testing.T, all bool) []container.Summary {
	t.Helper()
	found, err := k.engine.Client.ContainerList(within(t), container.ListOptions{
		All: all, Filters: filters.NewArgs(filters.Arg("label", "clockwork.runner="+fmt.Sprint(k.runner["name"]))),
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// Left are processes, and on an engine of our own all volumes and networks.
func (k *containers) Left(t *testing.T) []string {
	t.Helper()
	var left []string
	for _, process := range harness.ProcessesWith(t, k.daemon.Dir) {
		left = append(left, process.String())
	}
	if k.own == nil {
		return left
	}
	volumes, err := k.engine.Client.VolumeList(within(t), volume.ListOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range volumes.Volumes {
		left = append(left, "volume "+v.Name)
	}
	networks, err := k.engine.Client.NetworkList(within(t), network.ListOptions{Filters: filters.NewArgs(filters.Arg("type", "custom"))})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range networks {
		left = append(left, "network "+n.Name)
	}
	return left
}

// within bounds what is asked of the engine.
func within(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.Context()), harness.Patience)
	t.Cleanup(cancel)
	return ctx
}
