package main

import (
	"context"
	"time"

	systemd "github.com/coreos/go-systemd/v22/daemon"
	"go.uber.org/zap"
)

const (
	// streamsTimeout is how long streams of executions that have ended may take to deliver what is left of them.
	streamsTimeout = 5 * time.Second
	// cutTimeout is the same where executions go on, whose streams do not end by themselves.
	cutTimeout = time.Second
	// destroyTimeout bounds the destruction of idle sandboxes; what is left then is collected at the next start.
	destroyTimeout = 30 * time.Second
)

// stop ends the daemon in this order: health checks hear that nothing new is taken; executions get drain_timeout to end, while their
// clients can still watch and cancel them; the servers end; executions that are not over are left as they are, to be taken up at the
// next start; idle sandboxes are destroyed. Runners and journal are closed by who made them.
func (d *daemon) stop() {
	d.notify(systemd.SdNotifyStopping)
	d.api.Drain()
	timeout := d.current.Load().DrainTimeout
	d.log.Info("draining", zap.Int("executions", d.executor.Live()), zap.Duration("timeout", timeout))
	streams := streamsTimeout
	if err := within(timeout, d.executor.Drain); err != nil {
		streams = cutTimeout
		d.log.Info("executions go on; the next start takes them up", zap.Int("executions", d.executor.Live()))
	}
	_ = within(streams, func(ctx context.Context) error {
		d.api.Shutdown(ctx)
		d.web.Shutdown(ctx)
		return nil
	})
	d.executor.Close()
	if err := within(destroyTimeout, d.runners.Drain); err != nil {
		d.log.Warn("cannot destroy all idle sandboxes; the next start does", zap.Error(err))
	}
	d.log.Info("stopped")
}

// within calls f with a context that ends after a time, and not with the daemon's own.
func within(timeout time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return f(ctx)
}
