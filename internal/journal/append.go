package journal

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"google.golang.org/protobuf/types/known/timestamppb"
)

// entry is a Change as it is written.
type entry struct {
	log    *eventLog
	header *Header
	// headerData is header, encoded.
	headerData []byte
	steps      []Step
	events     []encodedEvent
	// ending is set with an execution's last event.
	ending *ending
}

// ending is what is recorded of an execution when it ends, for those who read it later.
type ending struct {
	time                   int64
	outputBytes, keptBytes int64
	marks                  []byte
}

var errAfterEnd = errors.New("an event follows the execution's last one")

// Append is part of Writer.
func (w *writer) Append(ctx context.Context, change Change) error {
	done, err := w.begin(ctx)
	if err != nil {
		return w.writeError(err)
	}
	defer done()
	e, err := w.encodeChange(change)
	if err != nil {
		return w.writeError(err)
	}
	// What the database says rests on the output before it.
	if err := w.log.output.sync(); err != nil {
		return w.writeError(err)
	}
	if err := w.j.commitState(ctx, e.insert); err != nil {
		return w.writeError(err)
	}
	events := make([]published, 0, len(e.events))
	for _, event := range e.events {
		events = append(events, published{event.Event, len(event.data)})
	}
	w.log.publish(e.ending != nil, events...)
	if e.ending != nil {
		w.j.forget(w.log)
		_ = w.log.output.close() // it is on the disk, and nothing follows
	}
	return nil
}

// commitState commits what may spend the reserve.
func (j *Journal) commitState(ctx context.Context, apply func(*statements) error) error {
	err := j.db.commit(ctx, apply)
	if !errors.Is(err, ErrFull) {
		return err
	}
	j.reserve.spend()
	return j.db.commit(ctx, apply)
}

// encodeChange stamps the events with what the journal gives them, and encodes them.
func (w *writer) encodeChange(change Change) (e *entry, err error) {
	e = &entry{log: w.log, header: change.Header, steps: change.Steps}
	if change.Header != nil {
		if e.headerData, err = encodeHeader(*change.Header); err != nil {
			return nil, err
		}
	}
	sequence := w.log.lastSequence()
	for _, event := range change.Events {
		if e.ending != nil {
			return nil, errAfterEnd
		}
		sequence++
		event.Sequence, event.ExecutionId = sequence, w.log.id
		if event.GetTime() == nil {
			event.Time = timestamppb.New(w.j.clock())
		}
		encoded, err := encodeEvent(event)
		if err != nil {
			return nil, err
		}
		e.events = append(e.events, encoded)
		if encoded.kind == kindExecutionFinished {
			if e.ending, err = w.ending(event.GetTime()); err != nil {
				return nil, err
			}
		}
	}
	return e, nil
}

func (w *writer) ending(at *timestamppb.Timestamp) (*ending, error) {
	kept, err := w.j.keptBytes(w.log.id)
	if err != nil {
		return nil, err
	}
	return &ending{
		time:        at.AsTime().UnixNano(),
		outputBytes: w.log.output.size,
		keptBytes:   kept,
		marks:       w.log.marks.encode(),
	}, nil
}

// keptBytes is the size of the files kept of an execution.
func (j *Journal) keptBytes(id string) (total int64, err error) {
	entries, err := fs.ReadDir(j.root.FS(), path.Join(filesDir, id))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil
	}
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			return 0, err
		}
		total += info.Size()
	}
	return total, err
}

func (e *entry) insert(s *statements) error {
	number := e.log.number
	if e.header != nil {
		if err := execute(s.updateHeader, e.header.Status, e.header.Runner, e.headerData, number); err != nil {
			return err
		}
	}
	if err := putSteps(s, number, e.steps); err != nil {
		return err
	}
	for _, event := range e.events {
		if err := event.insert(s, number); err != nil {
			return err
		}
	}
	if end := e.ending; end != nil {
		return execute(s.endExecution, end.time, end.outputBytes, end.keptBytes, end.marks, number)
	}
	return nil
}

// writeError says what could not be written; a context's error and ErrClosed speak for themselves.
func (w *writer) writeError(err error) error {
	if errors.Is(err, ErrClosed) || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return fmt.Errorf("cannot write to execution %s: %w", w.log.id, wrapFull(w.j.dir, err))
}
