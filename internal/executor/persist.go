package executor

import (
	"context"
	"time"

	"go.uber.org/zap"
)

// persistPause is the wait between two tries to write to the journal.
const persistPause = time.Second

// persist writes to the journal, and keeps trying while it cannot: the step's process is held up by its pipe meanwhile,
// and nothing is lost. Its error is the context's.
func (x *execution) persist(ctx context.Context, what string, write func() error) error {
	for {
		err := write()
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		x.log.Error("cannot record "+what+"; trying again", zap.Duration("in", persistPause), zap.Error(err))
		select {
		case <-time.After(persistPause):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
