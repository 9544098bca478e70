package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"github.com/docker/docker/api/types/container"

	"github.com/clockworkd/clockwork/internal/agent"
)

// launch starts a container, hands the agent its order, and returns when it listens.
func (d *Driver) launch(ctx context.Context, id, containerID string, image imageFacts) error {
	order, err := json.Marshal(d.launchOrder(id, image))
	if err != nil {
		return fmt.Errorf("cannot write the agent's order: %v", err)
	}
	// Attached before it starts, as nothing that it says may be missed.
	attached := url.Values{"stream": {"1"}, "stdin": {"1"}, "stdout": {"1"}, "stderr": {"1"}}
	s, err := d.hijack(ctx, "/containers/"+containerID+"/attach", attached, nil)
	if err != nil {
		return d.fault("attach to the container", err)
	}
	defer s.Close()
	if err := d.start(ctx, id, containerID); err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { _ = s.Close() })
	defer stop()
	answer := &demux{in: s.in}
	if err := converse(s, answer, order); err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("cannot wait for the agent: %w", context.Cause(ctx))
		}
		return d.explainStart(ctx, containerID, err)
	}
	return nil
}

func (d *Driver) start(ctx context.Context, id, containerID string) error {
	_, err := order(ctx, &d.orders, id, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, d.flavour.Client.ContainerStart(ctx, containerID, container.StartOptions{})
	})
	return d.fault("start the container", err)
}

// launchOrder is what the agent is told.
func (d *Driver) launchOrder(id string, image imageFacts) agent.Launch {
	l := agent.Launch{
		ID: id, Token: d.owner.token(id), RunDir: runDir,
		Workspace: workspace, Tmp: tmpDir, Home: homeDir, Env: make(map[string]string),
	}
	if d.isRoot(image) && !d.usesVolume(image) {
		l.Home = "/root"
	}
	for _, pair := range image.env {
		if name, value, ok := strings.Cut(pair, "="); ok && name != "" {
			l.Env[name] = value
		}
	}
	limit(&l, d.options.Limits)
	return l
}

// converse hands the order over and waits for the answer.
func converse(s stream, answer *demux, order []byte) error {
	// What it says when it does not listen tells more than that it does not.
	_, unheard := s.Write(order)
	unheard = errors.Join(unheard, s.closeWrite())
	var ready agent.Ready
	if err := json.NewDecoder(io.LimitReader(answer, 64<<10)).Decode(&ready); err != nil {
		if errors.Is(err, io.EOF) || unheard != nil {
			return fmt.Errorf("it ended before it was ready%s", says(answer.said()))
		}
		return fmt.Errorf("its answer cannot be understood: %v", err)
	}
	return nil
}

func says(complaint string) string {
	if complaint == "" {
		return ""
	}
	return "; it says: " + complaint
}

// explainStart says why an agent did not start, with what the engine knows of its end.
func (d *Driver) explainStart(ctx context.Context, containerID string, err error) error {
	fault := fmt.Errorf("cannot start the agent: %v", err)
	found, inspectErr := d.flavour.Client.ContainerInspect(ctx, containerID)
	if inspectErr != nil || found.State == nil || found.State.Running {
		return fault
	}
	fault = fmt.Errorf("%w; %s", fault, ended(found))
	if signal(found) > 0 && !found.State.OOMKilled { // by somebody's doing: an engine that ends, for instance
		return d.temporary(fault)
	}
	return fault
}
