package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/volume"

	"github.com/clockworkd/clockwork/internal/agent/binaries"
)

const (
	// labelProgram marks the volume of a program, with its digest.
	labelProgram = "clockwork.agent"
	// labelPart marks a container that is not the sandbox itself.
	labelPart = "clockwork.part"
	// markName is the file that is written after the program: where it is, the program is complete.
	markName = "complete"
	// digits of the digest are enough to tell programs apart.
	digits = 16
	// fillTimeout is how long whoever fills a volume may take, in the eyes of the others.
	fillTimeout = time.Minute
)

// programs keeps the agents' programs in volumes of the engine, one for each platform. A volume is filled through a container that is
// never started: the engine may be on another machine, which sees no file of ours.
type programs struct {
	driver *Driver

	mu sync.Mutex
	// filled has the volumes that are known to be complete, with the time of their creation: one that was removed and made
	// again by somebody is empty.
	filled map[string]string
	// turn is held by whoever fills one.
	turn chan struct{}
}

// ensure returns the volume that holds the agent for an image. What it needs meanwhile belongs to the sandbox with that id.
func (p *programs) ensure(ctx context.Context, id string, image imageFacts) (volumeName string, err error) {
	program, err := p.driver.options.Agents.Find(image.os, image.arch)
	if err != nil {
		return "", fmt.Errorf("cannot run an agent in the image %s: %w", p.driver.options.Settings.Image, err)
	}
	name := "clockwork-agent-" + program.Digest[:digits]
	if err := p.lock(ctx); err != nil {
		return "", err
	}
	defer p.unlock()
	there, err := p.driver.flavour.Client.VolumeInspect(ctx, name)
	if err == nil && p.known(name) == there.CreatedAt {
		return name, nil
	}
	if err != nil && !isMissing(err) {
		return "", p.driver.fault("find the agent's volume", err)
	}
	created, err := p.fill(ctx, id, name, program)
	if err != nil {
		return "", err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.filled == nil {
		p.filled = make(map[string]string)
	}
	p.filled[name] = created
	return name, nil
}

func (p *programs) known(name string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.filled[name]
}

// lock waits for our turn: one of this daemon at a time.
func (p *programs) lock(ctx context.Context) error {
	p.mu.Lock()
	if p.turn == nil {
		p.turn = make(chan struct{}, 1)
	}
	p.mu.Unlock()
	select {
	case p.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (p *programs) unlock() { <-p.turn }

// fill makes the volume, if it is missing, and puts the program into it, if it is not complete. It returns when the volume was created.
func (p *programs) fill(ctx context.Context, id, name string, program binaries.Binary) (created string, err error) {
	d := p.driver
	v, err := order(ctx, &d.orders, id, func(ctx context.Context) (volume.Volume, error) {
		return d.flavour.Client.VolumeCreate(ctx, volume.CreateOptions{Name: name, Labels: map[string]string{labelProgram: program.Digest}})
	})
	if err != nil { // somebody else may have made it at the same time
		var missing error
		if v, missing = d.flavour.Client.VolumeInspect(ctx, name); missing != nil {
			return "", d.fault("make the agent's volume", err)
		}
	}
	filler, err := p.filler(ctx, id, name)
	if err != nil {
		return "", err
	}
	written := p.write(ctx, filler, program)
	if err := d.remove(ctx, filler); err != nil {
		return "", errors.Join(written, err)
	}
	if written != nil {
		// Podman keeps a volume without a directory when one is made and removed at the same time: another try needs a new one.
		_ = d.flavour.Client.VolumeRemove(ctx, name, false)
		return "", written
	}
	return v.CreatedAt, nil
}

// forget has a volume looked into again before it is used: it turned out to lack the program.
func (p *programs) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.filled)
}

// filler makes the container through which a volume is filled. Its name is a lock among all daemons that use the engine.
func (p *programs) filler(ctx context.Context, id, volumeName string) (containerID string, err error) {
	d := p.driver
	labels := maps.Clone(d.owner.labels(id))
	labels[labelPart] = "program"
	config := &container.Config{Image: d.options.Settings.Image, Entrypoint: []string{programPath}, Labels: labels}
	host := &container.HostConfig{Binds: []string{volumeName + ":" + programDir + ":rw"}, NetworkMode: "none"}
	for {
		made, err := order(ctx, &d.orders, id, func(ctx context.Context) (container.CreateResponse, error) {
			return d.flavour.Client.ContainerCreate(ctx, config, host, nil, nil, volumeName)
		})
		if err == nil {
			return made.ID, nil
		}
		if !isNameTaken(err) {
			return "", d.fault("make a container to fill the agent's volume with", err)
		}
		if err := p.awaitOther(ctx, volumeName); err != nil {
			return "", err
		}
	}
}

// awaitOther lets some time pass while somebody else fills the volume, and ends what takes too long.
func (p *programs) awaitOther(ctx context.Context, name string) error {
	d := p.driver
	other, err := d.flavour.Client.ContainerInspect(ctx, name)
	if isMissing(err) {
		return nil
	}
	if err != nil {
		return d.fault("see who fills the agent's volume", err)
	}
	if created, err := time.Parse(time.RFC3339Nano, other.Created); err == nil && time.Since(created) > fillTimeout {
		return d.remove(ctx, other.ID)
	}
	return pause(ctx, 50*time.Millisecond)
}

// write puts the program through a container into the volume that is mounted there, unless it is complete already.
func (p *programs) write(ctx context.Context, containerID string, program binaries.Binary) error {
	d := p.driver
	_, err := d.flavour.Client.ContainerStatPath(ctx, containerID, programDir+"/"+markName)
	if err == nil {
		return nil
	}
	if !isMissing(err) {
		return d.fault("look into the agent's volume", err)
	}
	archive, err := programArchive(program)
	if err != nil {
		return fmt.Errorf("cannot read the agent: %w", err)
	}
	defer archive.Close()
	err = d.flavour.Client.CopyToContainer(ctx, containerID, programDir, archive, container.CopyToContainerOptions{})
	return d.fault("fill the agent's volume", err)
}

// close removes the volumes that nobody uses.
func (p *programs) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	p.mu.Lock()
	defer p.mu.Unlock()
	for name := range p.filled {
		_ = p.driver.flavour.Client.VolumeRemove(ctx, name, false) // it is refused for one that is used; one that stays is found again
	}
}
