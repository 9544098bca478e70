package main

import (
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/internal/bundle"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// maxDocument is the largest document that is read, in bytes: base64 makes what the daemon takes a third larger.
const maxDocument = client.MaxMessageBytes / 3 * 4

// readBundle reads a bundle from a file, or from standard input if its name is "-". A document that decodes is left to
// the daemon's judgement; of one that does not, everything wrong with it is told here.
func (a *app) readBundle(name string) (*clockworkv1.ArtifactBundle, error) {
	data, err := a.readDocument(name)
	if err != nil {
		return nil, &usageError{message: fmt.Sprintf("cannot read the bundle: %v", err), remedy: `give the path of a JSON or YAML file, or "-" for standard input`}
	}
	limits := bundle.DefaultLimits()
	limits.Bundle = maxDocument
	message, err := bundle.Decode(data, limits)
	if err == nil {
		return message, nil
	}
	_, _, err = bundle.Parse(data, limits)
	return nil, invalidBundle(err)
}

func (a *app) readDocument(name string) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(a.stdin, maxDocument+1))
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return io.ReadAll(io.LimitReader(file, maxDocument+1))
}

// invalidBundle makes the decoder's faults what the daemon's are.
func invalidBundle(err error) error {
	found, ok := errors.AsType[bundle.Faults](err)
	if !ok {
		return err
	}
	invalid := &client.InvalidBundleError{}
	for _, fault := range found {
		invalid.Faults = append(invalid.Faults, client.Fault(fault))
	}
	return invalid
}
