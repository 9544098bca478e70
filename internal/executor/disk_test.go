package executor_test

import (
	"context"
	"io"
	"io/fs"
	"sync/atomic"

	"github.com/clockworkd/clockwork/internal/journal"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// disk is where a journal lies, as far as it can be full.
type disk struct {
	// noStates, noOutput and noFiles say what it has no room for.
	noStates, noOutput, noFiles atomic.Bool
	// refused is told of each state or file that was refused, if nobody was told of the one before.
	refused chan struct{}
}

func newDisk() *disk { return &disk{refused: make(chan struct{}, 1)} }

// refuse says that there is no room.
func (d *disk) refuse() error {
	select {
	case d.refused <- struct{}{}:
	default:
	}
	return journal.ErrFull
}

// fragile is a journal on a disk that can be full.
type fragile struct {
	journal.Store
	disk *disk
}

func (f fragile) Writer(ctx context.Context, id string) (journal.Writer, error) {
	writer, err := f.Store.Writer(ctx, id)
	return fragileWriter{writer, f.disk}, err
}

func (f fragile) KeepFile(ctx context.Context, id string, step uint32, name string, mode fs.FileMode, content io.Reader) (*clockworkv1.OutputFile, error) {
	if f.disk.noFiles.Load() {
		return nil, f.disk.refuse()
	}
	return f.Store.KeepFile(ctx, id, step, name, mode, content)
}

type fragileWriter struct {
	journal.Writer
	disk *disk
}

func (w fragileWriter) Append(ctx context.Context, change journal.Change) error {
	if w.disk.noStates.Load() {
		return w.disk.refuse()
	}
	return w.Writer.Append(ctx, change)
}

func (w fragileWriter) Output(ctx context.Context, output *clockworkv1.Output) error {
	if w.disk.noOutput.Load() {
		return journal.ErrFull
	}
	return w.Writer.Output(ctx, output)
}
