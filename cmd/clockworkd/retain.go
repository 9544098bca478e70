package main

import (
	"context"
	"time"

	"go.uber.org/zap"

	"github.com/clockworkd/clockwork/internal/journal"
)

// retainInterval is how often old executions are looked for.
const retainInterval = 10 * time.Minute

// retain removes executions that the configuration does not want to keep any more, now and from time to time, until ctx is done.
func (d *daemon) retain(ctx context.Context) {
	ticker := time.NewTicker(retainInterval)
	defer ticker.Stop()
	for {
		keep := d.current.Load().Retention
		removed, err := d.journal.Retain(ctx, journal.Retention{MaxAge: keep.MaxAge, MaxCount: keep.MaxCount, MaxBytes: int64(keep.MaxBytes)})
		if err != nil && ctx.Err() == nil {
			d.log.Error("cannot remove old executions", zap.Error(err))
		}
		if len(removed) > 0 {
			d.log.Info("old executions removed", zap.Strings("executions", removed))
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return
		}
	}
}
