package executor_test

import (
	"context"
	"sync/atomic"

	"github.com/clockworkd/clockwork/internal/journal"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// disk is where a journal lies, as far as it can be full.
type disk struct {
	// noStates and noOutput say what it has no room for.
	noStates, noOutput atomic.Bool
	// refused is told of each state that was refused, if nobody was told of the one before.
	refused chan struct{}
}

func newDisk() *disk { return &disk{refused: make(chan struct{}, 1)} }

// fragile is a journal on a disk that can be full.
type fragile struct {
	journal.Store
	disk *disk
}

func (f fragile) Writer(ctx context.Context, id string) (journal.Writer, error) {
	writer, err := f.Store.Writer(ctx, id)
	return fragileWriter{writer, f.disk}, err
}

type fragileWriter struct {
	journal.Writer
	disk *disk
}

func (w fragileWriter) Append(ctx context.Context, change journal.Change) error {
	if w.disk.noStates.Load() {
		select {
		case w.disk.refused <- struct{}{}:
		default:
		}
		return journal.ErrFull
	}
	return w.Writer.Append(ctx, change)
}

func (w fragileWriter) Output(ctx context.Context, output *clockworkv1.Output) error {
	if w.disk.noOutput.Load() {
		return journal.ErrFull
	}
	return w.Writer.Output(ctx, output)
}
