package client

import (
	"context"
	"iter"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Watch yields the events of an execution that come after sequence number after (0: all of them), past and live, up to the
// last one, each once and in order, and resumes by itself. An error ends it.
//
// The caller may take its time: of a stream that nobody reads the daemon keeps nothing, and after limits.stall_timeout it ends it. It is
// resumed when the caller reads again.
//
// Errors: ErrNotFound, *BusyError (too many watch already), ErrUnreachable, ErrDataLoss, *SequenceError, or the cause for which ctx ended.
func (c *Client) Watch(ctx context.Context, id string, after uint64) iter.Seq2[*clockworkv1.Event, error] {
	return func(yield func(*clockworkv1.Event, error) bool) {
		ctx, release := context.WithCancel(ctx)
		f := &follower{client: c, id: id, last: after, pace: newPacer(c.resume)}
		f.events(ctx, release)(yield)
	}
}
