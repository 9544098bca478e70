package main

import (
	"context"
	"time"

	systemd "github.com/coreos/go-systemd/v22/daemon"
	"go.uber.org/zap"
)

// watchdog tells systemd that the daemon works, until ctx is done, if the unit asks for that (WatchdogSec=). It says so only when the
// executor answers: a daemon that hangs falls silent, and systemd replaces it.
func (d *daemon) watchdog(ctx context.Context) {
	interval, err := systemd.SdWatchdogEnabled(false)
	if err != nil {
		d.log.Warn("cannot serve the watchdog of systemd", zap.Error(err))
	}
	if interval <= 0 {
		return
	}
	beat := time.NewTicker(interval / 3) // sd_watchdog_enabled(3) wants it at least twice an interval
	defer beat.Stop()
	for {
		_ = d.executor.Live()
		d.notify(systemd.SdNotifyWatchdog)
		select {
		case <-beat.C:
		case <-ctx.Done():
			return
		}
	}
}
