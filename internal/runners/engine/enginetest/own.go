package enginetest

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/docker/docker/api/types/image"
)

// Own is an engine of the test's own, which it may kill. All of it is removed at the end of the test.
type Own struct {
	Engine
	script, dir string
	options     []string
}

// StartDocker starts a Docker engine with further options of dockerd, and with the smallest of the images. CLOCKWORK_TEST_DOCKER tells
// whether that is possible here.
func StartDocker(tb testing.TB, options ...string) *Own {
	tb.Helper()
	Address(tb, "CLOCKWORK_TEST_DOCKER", "docker")
	return start(tb, "engines/docker", options)
}

// StartPodman starts Podman's service.
func StartPodman(tb testing.TB) *Own {
	tb.Helper()
	Address(tb, "CLOCKWORK_TEST_PODMAN", "podman")
	return start(tb, "engines/podman", nil)
}

func start(tb testing.TB, name string, options []string) *Own {
	tb.Helper()
	dir, err := os.MkdirTemp("/tmp", "cw-own-") //nolint:usetesting // t.TempDir is too long for a socket
	if err != nil {
		tb.Fatal(err)
	}
	o := &Own{script: name, dir: dir, options: options}
	tb.Cleanup(func() { script(tb, name, "stop", dir) })
	o.Start(tb)
	o.Engine = At(tb, "unix://"+strings.TrimSpace(script(tb, name, "socket", dir)))
	o.load(tb, "shell")
	return o
}

// Dir is where the engine keeps what it has.
func (o *Own) Dir() string { return o.dir }

// Start starts the engine, also again.
func (o *Own) Start(tb testing.TB) {
	tb.Helper()
	script(tb, o.script, append([]string{"start", o.dir}, o.options...)...)
}

// Kill kills the engine, and returns when it is gone. Its containers are not touched.
func (o *Own) Kill(tb testing.TB) { tb.Helper(); o.end(tb, syscall.SIGKILL) }

// Stop has the engine end as its own way is.
func (o *Own) Stop(tb testing.TB) { tb.Helper(); o.end(tb, syscall.SIGTERM) }

func (o *Own) end(tb testing.TB, signal syscall.Signal) {
	tb.Helper()
	pid, err := strconv.Atoi(strings.TrimSpace(script(tb, o.script, "pid", o.dir)))
	if err != nil {
		tb.Fatal(err)
	}
	if err := syscall.Kill(pid, signal); err != nil {
		tb.Fatal(err)
	}
	deadline := time.Now().Add(patience)
	for exec.Command("test", "-e", filepath.Join("/proc", strconv.Itoa(pid), "exe")).Run() == nil {
		if time.Now().After(deadline) {
			tb.Fatalf("process %d does not end", pid)
		}
	}
}

func (o *Own) load(tb testing.TB, name string) {
	tb.Helper()
	root, err := os.Open(Archive(tb, name))
	if err != nil {
		tb.Fatal(err)
	}
	defer root.Close()
	stream, err := o.Client.ImageImport(bounded(tb), image.ImportSource{Source: root, SourceName: "-"}, "clockwork.test/"+name+":test", image.ImportOptions{})
	if err != nil {
		tb.Fatal(err)
	}
	drain(tb, stream)
}
