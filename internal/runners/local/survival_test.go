package local

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/gofrs/uuid/v5"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/runners"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// playDaemonArg has the test binary play a daemon, which the test can kill. The agent's path, the host's directory and a
// sandbox's id follow it.
const playDaemonArg = "play-daemon"

// step waits for a file, then prints and fails.
func step() *agentv1.Start {
	return &agentv1.Start{
		ProcessId: "step", Argv: []string{"/bin/sh", "-c", "until [ -e go ]; do sleep 0.01; done; echo text; exit 7"},
	}
}

// playDaemon runs a step in a new sandbox, for ever.
func playDaemon(agentPath, dir, id string) error {
	h := &host{agent: agentPath, dir: dir}
	d, err := New(h.options("daemon"))
	if err != nil {
		return err
	}
	ctx := context.Background()
	sandbox, err := d.Create(ctx, runners.Spec{ID: id, Progress: func(string) {}})
	if err != nil {
		return err
	}
	_, err = sandbox.Agent.Run(ctx, step(), announce{})
	return err
}

// announce tells the test that the step runs.
type announce struct{}

func (announce) Started(*agentv1.Started) error {
	_, err := fmt.Fprintln(os.Stdout, "running")
	return err
}
func (announce) Output(*agentv1.Output) error { return nil }

// collect keeps what a step prints.
type collect struct {
	started *agentv1.Started
	text    strings.Builder
}

func (c *collect) Started(started *agentv1.Started) error {
	c.started = started
	return nil
}

func (c *collect) Output(output *agentv1.Output) error {
	c.text.Write(output.GetData())
	return nil
}

func TestAStepSurvivesTheDeathOfItsDaemon(t *testing.T) {
	t.Parallel()
	h := newHost(t)
	id := uuid.Must(uuid.NewV7()).String()
	h.ids[id] = struct{}{}
	daemon := exec.Command("/proc/self/exe", playDaemonArg, h.agent, h.dir, id)
	daemon.Stderr = os.Stderr
	out, err := daemon.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := daemon.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || line != "running\n" {
		t.Errorf("the daemon says %q, %v", line, err)
	}
	if err := daemon.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = daemon.Wait() // it was killed

	d := h.newDriver(t, h.options("daemon"))
	defer d.Close()
	sandbox, err := d.Recover(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer sandbox.Agent.Close()
	if err := sandbox.Agent.WriteFiles(t.Context(), slices.Values([]agent.File{{Path: "go", Mode: 0o644}})); err != nil {
		t.Fatal(err)
	}
	var got collect
	exit, err := sandbox.Agent.Run(t.Context(), step(), &got)
	if err != nil {
		t.Fatal(err)
	}
	if exit.GetExitCode() != 7 || got.text.String() != "text\n" || !got.started.GetJoined() {
		t.Errorf("it ended as %v and printed %q, joined: %v; want exit code 7, text, and not started again",
			exit.Exited, got.text.String(), got.started.GetJoined())
	}
	if err := d.Destroy(t.Context(), id); err != nil {
		t.Error(err)
	}
	if left := h.leftovers(t); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
