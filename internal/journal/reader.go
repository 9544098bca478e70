package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"

	"google.golang.org/protobuf/proto"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// What a reader takes from memory or from the disk at once, at most, though always one event. A caller that stands still holds as much.
const (
	batchBytes  = 64 << 10
	batchEvents = 1024
)

// diskReader reads an execution's events from the disk: it merges what the database holds with the output file. Between two
// batches it keeps neither a transaction nor a file open, so that a slow caller holds nothing up, and costs little.
type diskReader struct {
	j   *Journal
	log *eventLog
	// next is the sequence number of the next event.
	next uint64
	// states holds the next events of the database, all of them up to the number complete.
	states   []*clockworkv1.Event
	complete uint64
	// offset is where in the output file to go on.
	offset int64
}

func newDiskReader(j *Journal, log *eventLog, next uint64) *diskReader {
	return &diskReader{j: j, log: log, next: next, offset: log.find(next)}
}

// read appends to batch the next events, given that events up to last are recorded, and the first size bytes of the output
// file with them.
func (r *diskReader) read(ctx context.Context, batch []*clockworkv1.Event, last uint64, size int64) ([]*clockworkv1.Event, error) {
	output := outputSection{j: r.j, id: r.log.id, offset: r.offset, size: size}
	defer func() { r.offset = output.close() }()
	bytes := 0
	for r.next <= last && bytes < batchBytes && len(batch) < batchEvents {
		event, err := r.one(ctx, &output, last)
		switch {
		case err != nil && len(batch) > 0:
			return batch, nil // what can be read comes first
		case err != nil:
			return nil, err
		}
		batch = append(batch, event)
		bytes += proto.Size(event)
		r.next++
	}
	return batch, nil
}

// one returns the next event, from where it lies.
func (r *diskReader) one(ctx context.Context, output *outputSection, last uint64) (*clockworkv1.Event, error) {
	if len(r.states) == 0 && r.complete < r.next {
		if err := r.loadStates(ctx, last); err != nil {
			return nil, r.j.readError(r.log.id, err)
		}
	}
	if len(r.states) > 0 && r.states[0].GetSequence() == r.next {
		event := r.states[0]
		r.states = r.states[1:]
		return event, nil
	}
	return r.frame(ctx, output)
}

// frame returns the next event from the output file.
func (r *diskReader) frame(ctx context.Context, output *outputSection) (*clockworkv1.Event, error) {
	frames, err := output.open()
	if err != nil {
		return nil, r.j.readError(r.log.id, err)
	}
	if frames == nil {
		return nil, r.gap(ctx)
	}
	for {
		sequence, size, err := frames.peek()
		if err == nil && sequence < r.next {
			if err = frames.skip(size); err == nil {
				continue
			}
		}
		var event *clockworkv1.Event
		if err == nil && sequence == r.next {
			event, err = frames.read(r.log.id, size)
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, errTorn), err == nil && event == nil:
			return nil, r.gap(ctx)
		case err != nil:
			return nil, r.j.readError(r.log.id, err)
		}
		return event, nil
	}
}

// loadStates reads the next events from the database, a batch of them.
func (r *diskReader) loadStates(ctx context.Context, last uint64) error {
	rows, err := r.j.db.readers.QueryContext(ctx,
		`SELECT event FROM events WHERE execution = ? AND sequence BETWEEN ? AND ? ORDER BY sequence`, r.log.number, r.next, last)
	if err != nil {
		return err
	}
	defer rows.Close()
	r.states, r.complete = nil, last
	bytes := 0
	for rows.Next() {
		var encoded sql.RawBytes
		if err := rows.Scan(&encoded); err != nil {
			return err
		}
		event := new(clockworkv1.Event)
		if err := proto.Unmarshal(encoded, event); err != nil {
			return err
		}
		r.states = append(r.states, event)
		if bytes += len(encoded); bytes >= batchBytes || len(r.states) >= batchEvents {
			r.complete = event.GetSequence()
			break
		}
	}
	return rows.Err()
}

// gap says why the next event is not there although it was recorded.
func (r *diskReader) gap(ctx context.Context) error {
	var exists bool
	row := r.j.db.readers.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM executions WHERE number = ?)`, r.log.number)
	if err := row.Scan(&exists); err != nil {
		return r.j.readError(r.log.id, err)
	}
	if !exists {
		return fmt.Errorf("%w any more: %q was removed while it was read", ErrNotFound, r.log.id)
	}
	return fmt.Errorf("cannot read event %d of execution %s: it is damaged on the disk: %w", r.next, r.log.id, ErrDataLoss)
}
