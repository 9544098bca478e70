package client

import (
	"context"
	"iter"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Watch yields the events of an execution that come after sequence number after (0: all of them), past and live, up to the
// last one, each once and in order, and resumes by itself. An error ends it.
//
// Errors: ErrNotFound, ErrUnreachable, ErrDataLoss, *SequenceError, or the cause for which ctx ended.
func (c *Client) Watch(ctx context.Context, id string, after uint64) iter.Seq2[*clockworkv1.Event, error] {
	return func(yield func(*clockworkv1.Event, error) bool) {
		ctx, release := context.WithCancel(ctx)
		f := &follower{client: c, id: id, last: after, pace: newPacer(c.resume)}
		f.events(ctx, release)(yield)
	}
}
