package executor

import (
	"context"
	"errors"
	"time"

	"go.uber.org/zap"
)

// persistPause is the wait between two tries to write to the journal.
const persistPause = time.Second

// givenUpError ends the tries to write: what was to be written is not wanted that much any more.
type givenUpError struct{ error }

// persist writes to the journal, and keeps trying while it cannot: the step's process is held up by its pipe meanwhile,
// and nothing is lost. Its error is the context's, or a givenUpError from write.
func (x *execution) persist(ctx context.Context, what string, write func() error) error {
	err := write()
	if _, ok := errors.AsType[givenUpError](err); err == nil || ok {
		return err
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
		err := write()
		if _, ok := errors.AsType[givenUpError](err); ok {
			return err
		}
		if err == nil {
			x.log.Info("recorded "+what+" at last", zap.Duration("after", time.Since(began)))
			return nil
		}
	}
}
