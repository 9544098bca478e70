package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	cerrdefs "github.com/containerd/errdefs"
	"github.com/docker/docker/api/types/container"
)

// Destroy removes the containers of a sandbox, running or not, with the volumes that belong to nothing else.
func (d *Driver) Destroy(ctx context.Context, id string) error {
	if err := checkID(id); err != nil {
		return err
	}
	if err := d.orders.settle(ctx, id); err != nil {
		return fmt.Errorf("cannot destroy sandbox %s: %w", id, err)
	}
	all, err := d.containers(ctx, id)
	if err != nil {
		return fmt.Errorf("cannot destroy sandbox %s: %w", id, err)
	}
	var faults []error
	for _, c := range all {
		faults = append(faults, d.remove(ctx, c.ID))
	}
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("cannot destroy sandbox %s: %w", id, err)
	}
	return nil
}

// remove removes a container, and returns when it does not exist any more.
func (d *Driver) remove(ctx context.Context, containerID string) error {
	for {
		err := d.flavour.Client.ContainerRemove(ctx, containerID, container.RemoveOptions{Force: true, RemoveVolumes: true})
		switch {
		case isMissing(err):
			return nil
		case err == nil: // and once more, to see that it is so
		case !isBeingRemoved(err):
			return d.fault("remove the container", err)
		}
		if _, err := d.flavour.Client.ContainerInspect(ctx, containerID); isMissing(err) {
			return nil
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return fmt.Errorf("cannot remove the container: %w", err)
		}
	}
}

// isBeingRemoved tells whether a container is ending or being removed already, so that a moment later it can be removed or is gone: Podman
// does not kill one that has just ended.
func isBeingRemoved(err error) bool {
	for _, said := range []string{"already in progress", "is already being removed", "container state improper"} {
		if strings.Contains(err.Error(), said) {
			return true
		}
	}
	return false
}

// isNameTaken tells whether a container's name is that of another one.
func isNameTaken(err error) bool {
	return cerrdefs.IsConflict(err) || strings.Contains(err.Error(), "is already in use")
}

// pause lets time pass, unless ctx is done.
func pause(ctx context.Context, wait time.Duration) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
