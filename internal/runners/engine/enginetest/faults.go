package enginetest

import (
	"errors"
	"net"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/volume"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/engine"
)

// Faults runs the cases of what may go wrong with a container. At the end of each nothing is left.
func Faults(t *testing.T, w *World) {
	t.Helper()
	cases := map[string]func(*testing.T, *World){
		"the container is killed":       killed,
		"the container is stopped":      stopped,
		"the container is removed":      removed,
		"the container is paused":       paused,
		"destroyed while it is paused":  destroyedWhilePaused,
		"the port is taken":             portTaken,
		"the network is unknown":        unknownNetwork,
		"the name is taken":             nameTaken,
		"the image is missing":          imageMissing,
		"the engine does not run":       noEngine,
		"the entry point does not exec": noExec,
	}
	if !w.facts(t).MemoryLimit { // there is no cgroup to freeze either
		delete(cases, "the container is paused")
		delete(cases, "destroyed while it is paused")
	}
	for name, run := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, w.Part(t))
		})
	}
}

var forever = []string{"/bin/sleep", "1000000"}

// checkLost checks that a process is lost, for a reason.
func checkLost(t *testing.T, r Running, reason string) {
	t.Helper()
	got, err := r.Wait()
	if !errors.Is(err, agent.ErrGone) || !strings.Contains(err.Error(), reason) {
		t.Errorf("it ended as %v with %v, want that the agent is gone because %q", got.Exited, err, reason)
	}
}

// lose has something done to the container of a running process.
func lose(t *testing.T, w *World, reason string, do func(containerID string) error) {
	t.Helper()
	b := w.Box(t, nil)
	step := b.Start(bounded(t), forever...)
	<-step.Started
	if err := do(b.Location.ContainerID); err != nil {
		t.Fatal(err)
	}
	checkLost(t, step, reason)
	if _, err := b.Driver.Recover(bounded(t), b.ID); !errors.Is(err, runners.ErrGone) {
		t.Errorf("Recover: %v, want ErrGone", err)
	}
}

func killed(t *testing.T, w *World) {
	t.Helper()
	lose(t, w, "its container was ended by signal 9", func(id string) error { return w.Client.ContainerKill(bounded(t), id, "KILL") })
}

// stopped gives the agent the time to end its processes, which it uses.
func stopped(t *testing.T, w *World) {
	t.Helper()
	b := w.Box(t, nil)
	step := b.Start(bounded(t), forever...)
	<-step.Started
	if err := w.Client.ContainerStop(bounded(t), b.Location.ContainerID, container.StopOptions{}); err != nil {
		t.Fatal(err)
	}
	if got, err := step.Wait(); err == nil && got.ExitCode != nil {
		t.Errorf("it exited with %v, want that it was ended or lost", got.Exited)
	}
}

func removed(t *testing.T, w *World) {
	t.Helper()
	lose(t, w, "its container was", func(id string) error {
		return w.Client.ContainerRemove(bounded(t), id, container.RemoveOptions{Force: true, RemoveVolumes: true})
	})
}

// paused is no end: what is paused goes on when it is no longer.
func paused(t *testing.T, w *World) {
	t.Helper()
	b := w.Box(t, nil)
	step := b.Start(bounded(t), "/bin/sh", "-c", "until [ -e go ]; do sleep 0.05; done; echo done")
	<-step.Started
	if err := w.Client.ContainerPause(bounded(t), b.Location.ContainerID); err != nil {
		t.Fatal(err)
	}
	if err := w.Client.ContainerUnpause(bounded(t), b.Location.ContainerID); err != nil {
		t.Fatal(err)
	}
	b.Succeed(t, "/bin/touch", "go")
	if got, err := step.Wait(); err != nil || got.Stdout != "done\n" {
		t.Errorf("it ended as %v, %v", got, err)
	}
}

func destroyedWhilePaused(t *testing.T, w *World) {
	t.Helper()
	b := w.Box(t, nil)
	if err := w.Client.ContainerPause(bounded(t), b.Location.ContainerID); err != nil {
		t.Fatal(err)
	}
	if err := b.Driver.Destroy(bounded(t), b.ID); err != nil {
		t.Errorf("Destroy: %v", err)
	}
}

// checkRefused checks that a sandbox cannot be made, for good, for a reason.
func checkRefused(t *testing.T, w *World, reason string, change func(*engine.Options)) {
	t.Helper()
	_, err := w.Try(t, NewID(), change)
	if err == nil || errors.Is(err, runners.ErrTemporary) || !strings.Contains(err.Error(), reason) {
		t.Errorf("Create: %v, want that it is refused because %q", err, reason)
	}
}

func portTaken(t *testing.T, w *World) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	checkRefused(t, w, "address already in use", func(o *engine.Options) {
		o.Settings.Ports = map[string]engine.Port{port: engine.Port("80/tcp")}
	})
}

func unknownNetwork(t *testing.T, w *World) {
	t.Helper()
	checkRefused(t, w, "no-such-network", func(o *engine.Options) { o.Settings.NetworkMode = "no-such-network" })
}

// nameTaken finds a container of somebody else under the name that a sandbox's would have, and leaves it alone.
func nameTaken(t *testing.T, w *World) {
	t.Helper()
	id := NewID()
	name := "clockwork-test-" + id
	other, err := w.Client.ContainerCreate(bounded(t), &container.Config{Image: "clockwork.test/shell:test", Cmd: forever}, nil, nil, nil, name)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Client.ContainerRemove(bounded(t), other.ID, container.RemoveOptions{Force: true}); err != nil {
			t.Errorf("it is not there any more: %v", err)
		}
	})
	if _, err := w.Try(t, id, nil); err == nil || !strings.Contains(err.Error(), "already in use") {
		t.Errorf("Create: %v, want that the name is in use", err)
	}
}

func imageMissing(t *testing.T, w *World) {
	t.Helper()
	checkRefused(t, w, "pull_policy", func(o *engine.Options) { o.Settings.Image = "clockwork.test/missing:test" })
}

func noEngine(t *testing.T, w *World) {
	t.Helper()
	o := w.Options(t, "daemon")
	o.Settings.Host = "unix:///tmp/no-such-engine.sock"
	d := w.New(t, o)
	defer d.Close()
	if _, err := d.Create(bounded(t), runners.Spec{ID: NewID(), Progress: func(string) {}}); !errors.Is(err, runners.ErrTemporary) {
		t.Errorf("Create: %v, want a temporary fault", err)
	}
	if _, err := d.Recover(bounded(t), NewID()); err == nil || errors.Is(err, runners.ErrGone) {
		t.Errorf("Recover: %v, want an error that says nothing about the sandbox", err)
	}
	if err := d.Destroy(bounded(t), NewID()); err == nil {
		t.Error("Destroy succeeded without an engine")
	}
	findings := d.Check(bounded(t))
	if len(findings) != 1 || findings[0].Passed || findings[0].Remedy == "" {
		t.Errorf("Check: %+v, want one finding with a remedy", findings)
	}
}

func noExec(t *testing.T, w *World) {
	t.Helper()
	checkRefused(t, w, "ended before it was ready", func(o *engine.Options) { o.Settings.Entrypoint = []string{"/bin/true"} })
}

// VolumeLost is what somebody does who removes what no container uses, or puts something else in its place. Nothing else uses the engine
// meanwhile.
func VolumeLost(t *testing.T, w *World) {
	t.Helper()
	b := w.Box(t, nil)
	again := func() error {
		t.Helper()
		if err := b.Driver.Destroy(bounded(t), b.ID); err != nil {
			t.Fatal(err)
		}
		sandbox, err := b.Driver.Create(bounded(t), runners.Spec{ID: b.ID, Progress: func(string) {}})
		if err == nil {
			_ = sandbox.Agent.Close()
		}
		return err
	}
	name := "clockwork-agent-" + hostAgent(t).Digest[:16]
	remove := func() {
		t.Helper()
		if err := b.Driver.Destroy(bounded(t), b.ID); err != nil {
			t.Fatal(err)
		}
		if err := w.Client.VolumeRemove(bounded(t), name, false); err != nil {
			t.Fatal(err)
		}
	}
	remove()
	if err := again(); err != nil {
		t.Errorf("Create without the volume: %v", err)
	}
	remove()
	if _, err := w.Client.VolumeCreate(bounded(t), volume.CreateOptions{Name: name}); err != nil {
		t.Fatal(err)
	}
	if err := again(); !errors.Is(err, runners.ErrTemporary) {
		t.Errorf("Create with an empty volume: %v, want a temporary fault", err)
	}
	if err := again(); err != nil {
		t.Errorf("Create after that: %v", err)
	}
}
