package engine

import (
	"context"
	"fmt"
)

// imageFacts are what matters of an image.
type imageFacts struct {
	id       string
	os, arch string
	user     string
	env      []string
}

// ensureImage sees that the image is there, as the pull policy says.
func (d *Driver) ensureImage(ctx context.Context, progress func(string)) (imageFacts, error) {
	name, policy := d.options.Settings.Image, d.options.Settings.PullPolicy
	if policy == PullAlways {
		if err := d.pull(ctx, name, progress); err != nil {
			return imageFacts{}, err
		}
	}
	facts, err := d.inspectImage(ctx, name)
	if !isMissing(err) {
		return facts, d.fault("find the image "+name, err)
	}
	if policy == PullNever {
		return imageFacts{}, fmt.Errorf("cannot use the image %s: it is not there, and pull_policy is %s; pull it, or choose another policy", name, policy)
	}
	if err := d.pull(ctx, name, progress); err != nil {
		return imageFacts{}, err
	}
	facts, err = d.inspectImage(ctx, name)
	return facts, d.fault("find the image "+name, err)
}

func (d *Driver) inspectImage(ctx context.Context, name string) (imageFacts, error) {
	image, err := d.flavour.Client.ImageInspect(ctx, name)
	if err != nil {
		return imageFacts{}, err
	}
	facts := imageFacts{id: image.ID, os: image.Os, arch: image.Architecture}
	if image.Config != nil {
		facts.user, facts.env = image.Config.User, image.Config.Env
	}
	return facts, nil
}
