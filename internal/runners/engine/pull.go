package engine

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/docker/docker/api/types/image"
	"github.com/docker/docker/pkg/jsonmessage"
)

// pull gets an image from its registry, and tells how far that is.
func (d *Driver) pull(ctx context.Context, name string, progress func(string)) error {
	what := "pull the image " + name
	auth, err := d.credentials(ctx, name)
	if err != nil {
		return fmt.Errorf("cannot %s: %w", what, err)
	}
	progress("pulling " + name)
	stream, err := d.flavour.Client.ImagePull(ctx, name, image.PullOptions{RegistryAuth: auth})
	if err != nil {
		return d.fault(what, err)
	}
	defer stream.Close()
	if err := followPull(stream, newPullMeter(name, progress)); err != nil {
		return d.fault(what, err)
	}
	return nil
}

// followPull reads what an engine says during a pull, to its end. Whether it has succeeded only its last words tell.
func followPull(stream io.Reader, meter *pullMeter) error {
	decoder := json.NewDecoder(stream)
	for {
		var message jsonmessage.JSONMessage
		err := decoder.Decode(&message)
		switch {
		case errors.Is(err, io.EOF):
			meter.done()
			return nil
		case err != nil:
			return fmt.Errorf("cannot follow it: %w", err)
		case message.Error != nil:
			return errors.New(message.Error.Message)
		}
		meter.note(message)
	}
}
