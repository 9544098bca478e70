package executor

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"github.com/clockworkd/clockwork/internal/runners"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

const (
	// backgroundGrace is the time that processes which steps left behind get to end by themselves, after SIGTERM.
	backgroundGrace = time.Second
	// cleanupTimeout bounds how long the end of an execution waits for its sandbox to be empty.
	cleanupTimeout = 15 * time.Second
)

// cleanUp ends everything that still runs in the sandbox, before the execution is told to have ended.
func (x *execution) cleanUp(ctx context.Context) {
	search := x.search
	x.tasks.Go(func() {
		if search != nil {
			search.cancel()
			<-search.done
			if search.lease != nil {
				x.empty(ctx, search.lease)
			}
		}
		if ctx.Err() == nil {
			x.inbox.post(cleanedUp{})
		}
	})
}

// empty has the agent end everything; where no agent answers, the driver does it.
func (x *execution) empty(ctx context.Context, lease *runners.Lease) {
	ctx, cancel := context.WithTimeout(ctx, cleanupTimeout)
	defer cancel()
	report, err := lease.Sandbox().Agent.Shutdown(ctx, backgroundGrace)
	if err != nil {
		if err := lease.Release(ctx); err != nil {
			x.log.Warn("cannot destroy the sandbox; trying again later", zap.Error(err))
		}
		return
	}
	if report.DiscardedBytes > 0 {
		x.inbox.post(noticed{phase: clockworkv1.Phase_PHASE_CLEANUP, message: fmt.Sprintf(
			"%d bytes that background processes printed after the end of their step were discarded", report.DiscardedBytes)})
	}
}
