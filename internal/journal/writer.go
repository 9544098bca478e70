package journal

import (
	"context"
	"errors"
	"fmt"
	"sync"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// writer is the Writer of one execution.
type writer struct {
	j      *Journal
	log    *eventLog
	closed sync.Once
}

var errHasEnded = errors.New("it has ended")

// Writer is part of Store.
func (j *Journal) Writer(ctx context.Context, id string) (Writer, error) {
	log, err := j.log(ctx, id)
	if err != nil {
		return nil, err
	}
	log.mu.Lock()
	defer log.mu.Unlock()
	if log.ended {
		return nil, fmt.Errorf("cannot write to execution %s: %w", id, errHasEnded)
	}
	if log.hasWriter {
		panic("journal: execution " + id + " has a writer already")
	}
	log.hasWriter = true
	return &writer{j: j, log: log}, nil
}

// begin waits for this write's turn. The write ends with done.
func (w *writer) begin(ctx context.Context) (done func(), err error) {
	leave, err := w.j.enter()
	if err != nil {
		return nil, err
	}
	select {
	case w.log.turn <- struct{}{}:
	case <-ctx.Done():
		leave()
		return nil, ctx.Err()
	}
	done = func() {
		<-w.log.turn
		leave()
	}
	if w.log.ended { // it changes only within a turn
		done()
		return nil, errHasEnded
	}
	return done, nil
}

// OutputEnd is part of Writer.
func (w *writer) OutputEnd(step, attempt uint32, stream clockworkv1.Stream) uint64 {
	w.log.mu.Lock()
	defer w.log.mu.Unlock()
	return w.log.ends[streamKey{step, attempt, stream}]
}

// Close is part of Writer. It waits for a write that is under way.
func (w *writer) Close() (err error) {
	w.closed.Do(func() {
		w.log.turn <- struct{}{}
		defer func() { <-w.log.turn }()
		w.log.mu.Lock()
		defer w.log.mu.Unlock()
		w.log.hasWriter = false
		err = w.log.output.close()
	})
	return err
}
