package client

import (
	"context"
	"errors"
	"io"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// ReadOutputFile writes a file that was kept of a step's outputs to w. The names are those of the step's result.
// It does not resume: after an error w may hold a part of the file. Compare the digest.
func (c *Client) ReadOutputFile(ctx context.Context, id string, stepIndex uint32, path string, w io.Writer) error {
	ctx, release := context.WithCancel(ctx)
	defer release()
	action := "read output file " + path
	stream, err := c.executions.ReadOutputFile(ctx, &clockworkv1.ReadOutputFileRequest{ExecutionId: id, StepIndex: stepIndex, Path: path})
	if err != nil {
		return c.typed(action, err)
	}
	for {
		piece, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return c.typed(action, err)
		}
		if _, err := w.Write(piece.GetData()); err != nil {
			return err
		}
	}
}
