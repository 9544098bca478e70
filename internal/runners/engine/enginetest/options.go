package enginetest

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/docker/go-connections/nat"

	"github.com/clockworkd/clockwork/internal/runners/engine"
)

// OptionCases runs the cases of what a runner may be told, for an engine that enforces limits or does not.
func OptionCases(t *testing.T, w *World) {
	t.Helper()
	cases := map[string]func(*testing.T, *World){
		"volumes":      volumes,
		"ports":        ports,
		"no network":   noNetwork,
		"labels":       labels,
		"privileged":   privileged,
		"memory limit": memoryLimit,
	}
	if !w.facts(t).MemoryLimit {
		cases["memory limit"] = refusedLimit
	}
	for name, run := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, w.Part(t))
		})
	}
}

func volumes(t *testing.T, w *World) {
	t.Helper()
	dir := sharedDir(t)
	if err := os.WriteFile(filepath.Join(dir, "given"), []byte("text"), 0o644); err != nil {
		t.Fatal(err)
	}
	name := "clockwork-test-" + NewID()
	t.Cleanup(func() { _ = w.Client.VolumeRemove(bounded(t), name, true) }) // it may not have been made
	change := func(o *engine.Options) {
		o.Settings.Volumes = map[string]engine.Target{dir: {Path: "/given", ReadOnly: true}, name: {Path: "/kept"}}
	}
	first := w.Box(t, change)
	got := first.Succeed(t, "/bin/sh", "-c", "cat /given/given; echo kept >/kept/file; touch /given/file 2>/dev/null || echo , read-only")
	if got != "text, read-only\n" {
		t.Errorf("it printed %q", got)
	}
	second := w.Box(t, change)
	if got := second.Succeed(t, "/bin/cat", "/kept/file"); got != "kept\n" {
		t.Errorf("the volume holds %q", got)
	}
}

// sharedDir is a directory that other users can enter, as a rootless engine has to.
func sharedDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "cw-engine-") //nolint:usetesting // t.TempDir lies where others cannot enter
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func ports(t *testing.T, w *World) {
	t.Helper()
	b := w.Box(t, func(o *engine.Options) { o.Settings.Ports = map[string]engine.Port{"0": engine.Port("8080/tcp")} })
	server := b.Start(bounded(t), "/bin/nc", "-l", "-p", "8080", "-e", "/bin/echo", "hello")
	<-server.Started
	published := w.Container(t, b.ID).NetworkSettings.Ports[nat.Port("8080/tcp")]
	if len(published) != 1 || published[0].HostIP != "127.0.0.1" {
		t.Fatalf("published are %v, want one port of the loopback address", published)
	}
	deadline := time.Now().Add(time.Minute)
	for time.Now().Before(deadline) {
		if answer := ask(t, net.JoinHostPort("127.0.0.1", published[0].HostPort)); answer != "" {
			if answer != "hello\n" {
				t.Errorf("it answers %q", answer)
			}
			return
		}
	}
	t.Error("it does not answer")
}

// ask returns what a server says to whom it meets; empty if nobody is there yet.
func ask(t *testing.T, address string) string {
	t.Helper()
	conn, err := net.DialTimeout("tcp", address, time.Second)
	if err != nil {
		return ""
	}
	defer conn.Close()
	if err := conn.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	answer := make([]byte, 64)
	n, _ := conn.Read(answer) // what is not there yet is asked for again
	return string(answer[:n])
}

func noNetwork(t *testing.T, w *World) {
	t.Helper()
	b := w.Box(t, func(o *engine.Options) { o.AllowNetwork = false })
	if got := b.Succeed(t, "/bin/ls", "/sys/class/net"); strings.Contains(got, "eth") {
		t.Errorf("it has the interfaces %q", got)
	}
}

func labels(t *testing.T, w *World) {
	t.Helper()
	b := w.Box(t, func(o *engine.Options) { o.Labels = map[string]string{"team": "red", "clockwork.sandbox": "another"} })
	got := w.Container(t, b.ID).Config.Labels
	if got["team"] != "red" || got["clockwork.sandbox"] != b.ID {
		t.Errorf("its labels are %v", got)
	}
}

// privileged asks for privileges. Not every machine has them to give.
func privileged(t *testing.T, w *World) {
	t.Helper()
	id := NewID()
	if _, err := w.Try(t, id, func(o *engine.Options) { o.Settings.Privileged = true }); err != nil {
		t.Logf("the machine refuses them: %v", err)
	}
	if !w.Container(t, id).HostConfig.Privileged {
		t.Error("the container is not privileged")
	}
}

func memoryLimit(t *testing.T, w *World) {
	t.Helper()
	b := w.Box(t, func(o *engine.Options) { o.Limits.MemoryBytes, o.Limits.CPUs, o.Limits.Processes = 64<<20, 0.5, 10 })
	c := w.Container(t, b.ID)
	if c.HostConfig.Memory != 64<<20 || c.HostConfig.NanoCPUs != 5e8 || c.HostConfig.PidsLimit == nil {
		t.Errorf("its limits are %+v", c.HostConfig.Resources)
	}
}

func refusedLimit(t *testing.T, w *World) {
	t.Helper()
	_, err := w.Try(t, NewID(), func(o *engine.Options) { o.Limits.MemoryBytes = 64 << 20 })
	if err == nil || !strings.Contains(err.Error(), "cannot enforce resource_limits.memory") {
		t.Errorf("Create: %v, want that it cannot be enforced", err)
	}
}
