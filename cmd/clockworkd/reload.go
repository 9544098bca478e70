package main

import (
	"context"
	"slices"
	"strings"

	"go.uber.org/zap"

	"github.com/clockworkd/clockwork/internal/config"
)

// reloadable are the keys, and the sections, that take effect at a reload. All others need a restart.
var reloadable = []string{"drain_timeout", "limits", "log.level", "policy", "retention"}

// reloads reads the configuration again with each SIGHUP, until ctx is done.
func (d *daemon) reloads(ctx context.Context) {
	for {
		select {
		case <-d.hangups:
			d.reload()
		case <-ctx.Done():
			return
		}
	}
}

// reload puts a changed configuration into force as far as that is possible, and says what it was not possible for. A bad one changes nothing.
func (d *daemon) reload() {
	next, err := config.Load(d.sources)
	if err != nil {
		d.log.Error("cannot reload the configuration; the old one stays in force", zap.Error(err))
		return
	}
	_, waiting := sorted(config.Changed(d.started, next))
	changed, _ := sorted(config.Changed(d.current.Load(), next))
	d.level.SetLevel(zapLevel(next.Log.Level))
	d.executor.SetOptions(executorOptions(next))
	d.api.SetLimits(serverLimits(next))
	d.current.Store(next)
	d.log.Info("configuration reloaded", zap.Strings("changed", changed))
	if len(waiting) > 0 {
		d.log.Warn("these changes need a restart of the daemon", zap.Strings("keys", waiting))
	}
}

// sorted divides changed keys into those that a reload puts into force and those that need a restart.
func sorted(keys []string) (now, restart []string) {
	for _, key := range keys {
		if slices.ContainsFunc(reloadable, func(r string) bool { return key == r || strings.HasPrefix(key, r+".") }) {
			now = append(now, key)
		} else {
			restart = append(restart, key)
		}
	}
	return now, restart
}
