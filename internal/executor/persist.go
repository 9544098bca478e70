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
	err := write()
	if err == nil {
		return nil
	}
	if ctx.Err() == nil {
		x.log.Error("cannot record "+what+"; trying until it succeeds", zap.Duration("every", persistPause), zap.Error(err))
	}
	for began := time.Now(); ; {
		select {
		case <-time.After(persistPause):
		case <-ctx.Done():
			return ctx.Err()
		}
		if write() == nil {
			x.log.Info("recorded "+what+" at last", zap.Duration("after", time.Since(began)))
			return nil
		}
	}
}
