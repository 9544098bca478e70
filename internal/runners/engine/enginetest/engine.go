package enginetest

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/client"

	"github.com/clockworkd/clockwork/internal/runners/engine"
)

// Engine is a real engine, seen from beside the driver.
type Engine struct {
	Host   string
	Client *client.Client
	// Doors is the network whose first 32 addresses, with port 5000, the engine trusts as registries without TLS; empty: any of loopback.
	Doors string
}

// Up returns the engine that an environment variable names.
func Up(tb testing.TB, variable, backend string) Engine {
	tb.Helper()
	e := At(tb, Address(tb, variable, backend))
	e.Doors = os.Getenv(variable + "_DOORS")
	return e
}

// Address returns what an environment variable says. Without it the test is skipped, or fails where none may be.
func Address(tb testing.TB, variable, backend string) string {
	tb.Helper()
	address := os.Getenv(variable)
	if address == "" {
		message := variable + ` is not set: test/env up ` + backend + `, then eval "$(test/env vars)"`
		if os.Getenv("CLOCKWORK_TEST_STRICT") != "" {
			tb.Fatal(message)
		}
		tb.Skip(message)
	}
	return address
}

// At returns the engine at an address.
func At(tb testing.TB, host string) Engine {
	tb.Helper()
	dial, err := engine.DialHost(host, engine.TLS{}, "")
	if err != nil {
		tb.Fatal(err)
	}
	c, err := engine.NewClient(dial)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = c.Close() })
	return Engine{Host: host, Client: c}
}

// patience bounds everything that a test asks an engine for.
const patience = 2 * time.Minute

func bounded(tb testing.TB) context.Context {
	tb.Helper()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), patience)
	tb.Cleanup(cancel)
	return ctx
}

// Container returns the container of a sandbox.
func (e Engine) Container(tb testing.TB, id string) container.InspectResponse {
	tb.Helper()
	found, err := e.Client.ContainerList(bounded(tb), container.ListOptions{
		All: true, Filters: filters.NewArgs(filters.Arg("label", "clockwork.sandbox="+id)),
	})
	if err != nil || len(found) != 1 {
		tb.Fatalf("sandbox %s has %d containers, want 1; %v", id, len(found), err)
	}
	c, err := e.Client.ContainerInspect(bounded(tb), found[0].ID)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// Kill kills the first process of a sandbox's container, and returns when the engine has noticed.
func (e Engine) Kill(tb testing.TB, id string) {
	tb.Helper()
	c := e.Container(tb, id)
	ended, failed := e.Client.ContainerWait(bounded(tb), c.ID, container.WaitConditionNotRunning)
	if err := syscall.Kill(c.State.Pid, syscall.SIGKILL); err != nil {
		tb.Fatal(err)
	}
	select {
	case <-ended:
	case err := <-failed:
		tb.Fatal(err)
	}
}

// Cut breaks the connections to the agent of a sandbox: it kills their ends inside.
func (e Engine) Cut(tb testing.TB, id string) {
	tb.Helper()
	for _, pid := range e.processes(tb, id) {
		command, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if err == nil && strings.Contains(string(command), "clockwork-agent\x00connect\x00") {
			_ = syscall.Kill(pid, syscall.SIGKILL) // it may have ended by itself
		}
	}
}

// processes returns the ids of all processes in a sandbox's container: those of one process namespace.
func (e Engine) processes(tb testing.TB, id string) []int {
	tb.Helper()
	namespace, err := os.Readlink(fmt.Sprintf("/proc/%d/ns/pid", e.Container(tb, id).State.Pid))
	if err != nil {
		tb.Fatal(err)
	}
	found, err := filepath.Glob("/proc/[0-9]*/ns/pid")
	if err != nil {
		tb.Fatal(err)
	}
	var pids []int
	for _, path := range found {
		if other, err := os.Readlink(path); err == nil && other == namespace {
			var pid int
			if _, err := fmt.Sscanf(path, "/proc/%d/", &pid); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// Leftovers lists the containers of the world's daemons, and the volumes without a name that only they have.
func (w *World) Leftovers(tb testing.TB) []string {
	tb.Helper()
	var left []string
	containers, err := w.Client.ContainerList(bounded(tb), container.ListOptions{All: true, Filters: filters.NewArgs(filters.Arg("label", "clockwork.daemon"))})
	if err != nil {
		tb.Fatal(err)
	}
	for _, c := range containers {
		if strings.HasPrefix(c.Labels["clockwork.daemon"], w.name+"-") {
			left = append(left, "container "+strings.Join(c.Names, ", ")+" "+c.State)
		}
	}
	return left
}
