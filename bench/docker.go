package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
)

// image is a small one with a shell, which test/env makes.
const image = "clockwork.test/shell:test"

// dockerMissing tells what to do before Docker can be a yardstick; empty: nothing.
func dockerMissing() string {
	const remedy = `run test/env up docker, then eval "$(test/env vars)"`
	if os.Getenv("DOCKER_HOST") == "" {
		return remedy
	}
	if _, err := exec.LookPath("docker"); err != nil {
		return "install the docker command"
	}
	out, err := exec.Command("docker", "image", "ls", "-q", image).Output()
	if err != nil || strings.TrimSpace(string(out)) == "" {
		return remedy
	}
	return ""
}

// measureDocker measures steps in containers.
func measureDocker(ctx context.Context, b *bench) ([]Figure, error) {
	return b.measureEngine(ctx, engine{
		kind: "docker", program: []string{"docker"}, host: os.Getenv("DOCKER_HOST"),
	})
}

// podmanMissing tells what to do before Podman can be measured; empty: nothing.
func podmanMissing() string {
	if os.Getenv("CLOCKWORK_TEST_PODMAN") == "" {
		return `run test/env up podman, then eval "$(test/env vars)"`
	}
	return ""
}

// measurePodman does the same with Podman, rootful.
func measurePodman(ctx context.Context, b *bench) ([]Figure, error) {
	socket := os.Getenv("CLOCKWORK_TEST_PODMAN")
	return b.measureEngine(ctx, engine{kind: "podman", program: []string{"podman", "--remote", "--url", socket}, host: socket})
}

// engine is a container engine and its own command.
type engine struct {
	kind    string
	program []string
	host    string
}

// run returns the engine's command for a new container, exec that for a process in an old one.
func (e engine) run(argv ...string) []string {
	return slices.Concat(e.program, []string{"run", "--rm", "--network", "none", image}, argv)
}

func (e engine) exec(container string, argv ...string) []string {
	return slices.Concat(e.program, []string{"exec", container}, argv)
}

// yardstickRounds is how often the engine's commands are repeated in a round: they are slow.
const yardstickRounds = 3

// measureEngine compares steps with local ones and with the engine's own commands.
func (b *bench) measureEngine(ctx context.Context, e engine) ([]Figure, error) {
	const runner = `  - {name: %s, type: %s, image: "` + image + `", host: "%s", pull_policy: never, allow_network: false, pool: {warm: %d}}` + "\n"
	warm, cold := e.kind+"-warm", e.kind+"-cold"
	d, err := b.start(ctx, localRunner, fmt.Sprintf(runner, warm, e.kind, e.host, 1), fmt.Sprintf(runner, cold, e.kind, e.host, 0))
	if err != nil {
		return nil, err
	}
	defer d.end(b)
	container, remove, err := e.keep(ctx)
	if err != nil {
		return nil, err
	}
	defer remove()
	var m measured
	for range b.rounds {
		if err := m.round(ctx, d, warm); err != nil {
			return nil, err
		}
		alone, err := d.execute(ctx, cold, repeat(1, program)...)
		if err != nil {
			return nil, err
		}
		m.cold = append(m.cold, milliseconds(alone.ended.Sub(alone.asked)))
		if err := timed(ctx, &m.run, yardstickRounds, e.run("true")); err != nil {
			return nil, err
		}
		if err := timed(ctx, &m.exec, yardstickRounds, e.exec(container, "true")); err != nil {
			return nil, err
		}
	}
	return []Figure{
		compared(e.kind+" step, warm", "ms", m.step, "local step", m.local, atMost(2)),
		compared(e.kind+" step, warm", "ms", m.step, e.kind+" run --rm", m.run, atMost(1.0/100)),
		compared(e.kind+" step, warm", "ms", m.step, e.kind+" exec", m.exec, atMost(1.0/30)),
		bounded(e.kind+", first step, more than local", "ms", m.first.minus(m.localFirst), atMost(10)),
		compared(e.kind+", first step, no warm sandbox", "ms", m.cold, e.kind+" run --rm", m.run, atMost(1.3)),
	}, nil
}

// keep starts a container to execute the yardstick in.
func (e engine) keep(ctx context.Context) (id string, remove func(), err error) {
	argv := slices.Concat(e.program, []string{"run", "-d", "--network", "none", image, "sleep", "3600"})
	out, err := exec.CommandContext(ctx, argv[0], argv[1:]...).Output()
	if err != nil {
		return "", nil, fmt.Errorf("%v: %w", argv, err)
	}
	id = strings.TrimSpace(string(out))
	return id, func() {
		argv := slices.Concat(e.program, []string{"rm", "-f", id})
		_ = exec.Command(argv[0], argv[1:]...).Run() // it is gone if the engine is
	}, nil
}

// dockerRun returns the command that runs another one in a new container.
func dockerRun(argv ...string) []string {
	return append([]string{"docker", "run", "--rm", "--network", "none", image}, argv...)
}
