package journal

import (
	"context"
	"fmt"
	"iter"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Events is part of Store.
func (j *Journal) Events(ctx context.Context, id string, after uint64) iter.Seq2[*clockworkv1.Event, error] {
	return j.read(ctx, id, after, false)
}

// Follow is part of Store.
func (j *Journal) Follow(ctx context.Context, id string, after uint64) iter.Seq2[*clockworkv1.Event, error] {
	return j.read(ctx, id, after, true)
}

func (j *Journal) read(ctx context.Context, id string, after uint64, follow bool) iter.Seq2[*clockworkv1.Event, error] {
	return func(yield func(*clockworkv1.Event, error) bool) {
		c, err := j.openCursor(ctx, id, after, follow)
		if err != nil {
			yield(nil, err)
			return
		}
		for {
			batch, err := c.next(ctx)
			if err != nil {
				yield(nil, err)
				return
			}
			for i, event := range batch {
				batch[i] = nil // a slow caller holds only what is still to come
				if !yield(event, nil) {
					return
				}
			}
			if len(batch) == 0 {
				return
			}
		}
	}
}

// cursor is a reader's place in an execution's events.
type cursor struct {
	j   *Journal
	log *eventLog
	// after is the last sequence number that was returned.
	after uint64
	// until is the last one to return; 0: to the execution's end.
	until uint64
	batch []*clockworkv1.Event
	// disk is nil while the reader keeps up with the tail.
	disk *diskReader
}

func (j *Journal) openCursor(ctx context.Context, id string, after uint64, follow bool) (*cursor, error) {
	log, err := j.log(ctx, id)
	if err != nil {
		return nil, err
	}
	last := log.lastSequence()
	if after > last {
		return nil, fmt.Errorf("%w: execution %s has events up to %d, %d was asked for", ErrDataLoss, id, last, after)
	}
	c := &cursor{j: j, log: log, after: after}
	if !follow {
		c.until = last
	}
	return c, nil
}

// next returns the next events, and waits for some if it must. It returns none when there will be none. What it returned
// before is overwritten.
func (c *cursor) next(ctx context.Context) ([]*clockworkv1.Event, error) {
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if c.j.isClosing() {
			return nil, ErrClosed
		}
		if c.until > 0 && c.after >= c.until {
			return nil, nil
		}
		v := c.log.viewAfter(c.after, c.batch[:0])
		batch, err := c.take(ctx, v)
		if err != nil || len(batch) > 0 {
			return batch, err
		}
		if v.ended {
			return nil, nil
		}
		select {
		case <-v.changed:
		case <-ctx.Done():
		case <-c.j.closing:
		}
	}
}

// take returns what a view has for the reader, from memory or from the disk, and moves its place behind it.
func (c *cursor) take(ctx context.Context, v view) (_ []*clockworkv1.Event, err error) {
	c.batch = v.events
	switch {
	case len(c.batch) > 0:
		c.disk = nil // it has caught up
	case c.after < v.last:
		if c.disk == nil {
			c.disk = newDiskReader(c.j, c.log, c.after+1)
		}
		if c.batch, err = c.disk.read(ctx, c.batch, v.last, v.size); err != nil {
			return nil, err
		}
	}
	if c.until > 0 {
		c.batch = c.batch[:min(uint64(len(c.batch)), c.until-c.after)]
	}
	c.after += uint64(len(c.batch))
	return c.batch, nil
}
