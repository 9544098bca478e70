package engine

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"sync"
	"time"

	"github.com/docker/docker/api/types/container"
	"github.com/docker/docker/api/types/filters"
	"github.com/docker/docker/api/types/volume"

	"github.com/clockworkd/clockwork/internal/agent/binaries"
	"github.com/clockworkd/clockwork/internal/runners"
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
//
// A volume that exists is believed to be complete: to look into it costs as much as a sandbox. Where an agent does not start, it is
// looked into.
type programs struct {
	driver *Driver

	mu sync.Mutex
	// used tells whether sandboxes were made.
	used bool
	// turn is held by whoever fills one.
	turn chan struct{}
}

// ensure returns the volume that holds the agent for an image. What it needs meanwhile belongs to the sandbox with that id.
func (p *programs) ensure(ctx context.Context, id string, image imageFacts) (volumeName string, err error) {
	name, program, err := p.find(image)
	if err != nil {
		return "", err
	}
	if err := p.lock(ctx); err != nil {
		return "", err
	}
	defer p.unlock()
	_, err = p.driver.flavour.Client.VolumeInspect(ctx, name)
	switch {
	case isMissing(err):
		_, err = p.fill(ctx, id, name, program)
	case err != nil:
		err = p.driver.fault("find the agent's volume", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.used = true
	return name, err
}

func (p *programs) find(image imageFacts) (volumeName string, program binaries.Binary, err error) {
	program, err = p.driver.options.Agents.Find(image.os, image.arch)
	if err != nil {
		return "", program, fmt.Errorf("cannot run an agent in the image %s: %w", p.driver.options.Settings.Image, err)
	}
	return "clockwork-agent-" + program.Digest[:digits], program, nil
}

// explain is called when an agent did not start. If its volume was not complete, it is now, and another try makes sense.
func (p *programs) explain(ctx context.Context, id string, image imageFacts, fault error) error {
	if ctx.Err() != nil || errors.Is(fault, runners.ErrTemporary) {
		return fault
	}
	name, program, err := p.find(image)
	if err != nil {
		return fault
	}
	if err := p.lock(ctx); err != nil {
		return fault
	}
	defer p.unlock()
	filled, err := p.fill(ctx, id, name, program)
	if filled || err != nil || beingFilled.MatchString(fault.Error()) {
		return p.driver.temporary(errors.Join(fault, err))
	}
	return fault
}

// beingFilled is how it looks to start a program that another daemon was about to write.
var beingFilled = regexp.MustCompile(regexp.QuoteMeta(programPath) + `.*(no such file or directory|text file busy)`)

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

// fill makes the volume, if it is missing, and puts the program into it, if it is not complete. It tells whether it had to.
func (p *programs) fill(ctx context.Context, id, name string, program binaries.Binary) (filled bool, err error) {
	d := p.driver
	_, err = order(ctx, &d.orders, id, func(ctx context.Context) (volume.Volume, error) {
		return d.flavour.Client.VolumeCreate(ctx, volume.CreateOptions{Name: name, Labels: map[string]string{labelProgram: program.Digest}})
	})
	if err != nil { // somebody else may have made it at the same time
		if _, missing := d.flavour.Client.VolumeInspect(ctx, name); missing != nil {
			return false, d.fault("make the agent's volume", err)
		}
	}
	filler, err := p.filler(ctx, id, name)
	if err != nil {
		return false, err
	}
	filled, err = p.write(ctx, filler, program)
	if removed := d.remove(ctx, filler); removed != nil {
		return false, errors.Join(err, removed)
	}
	if err != nil {
		// Podman keeps a volume without a directory when one is made and removed at the same time: another try needs a new one.
		_ = d.flavour.Client.VolumeRemove(ctx, name, false)
	}
	return filled, err
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
func (p *programs) write(ctx context.Context, containerID string, program binaries.Binary) (written bool, err error) {
	d := p.driver
	_, err = d.flavour.Client.ContainerStatPath(ctx, containerID, programDir+"/"+markName)
	if err == nil {
		return false, nil
	}
	if !isMissing(err) {
		return false, d.fault("look into the agent's volume", err)
	}
	archive, err := programArchive(program)
	if err != nil {
		return false, fmt.Errorf("cannot read the agent: %w", err)
	}
	defer archive.Close()
	err = d.flavour.Client.CopyToContainer(ctx, containerID, programDir, archive, container.CopyToContainerOptions{})
	return err == nil, d.fault("fill the agent's volume", err)
}

// close removes the volumes that nobody uses, those of other versions included, if sandboxes were made at all.
func (p *programs) close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.used {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	client := p.driver.flavour.Client
	found, err := client.VolumeList(ctx, volume.ListOptions{Filters: filters.NewArgs(filters.Arg("label", labelProgram))})
	if err != nil {
		return // what stays is used, or removed, by the next daemon
	}
	for _, v := range found.Volumes {
		_ = client.VolumeRemove(ctx, v.Name, false) // it is refused for one that is used
	}
}
