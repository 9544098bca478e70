package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	"time"

	"go.uber.org/zap"

	"github.com/clockworkd/clockwork/internal/config"
	"github.com/clockworkd/clockwork/internal/descriptors"
	"github.com/clockworkd/clockwork/internal/executor"
	"github.com/clockworkd/clockwork/internal/journal"
	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/version"
)

// run is the daemon from its first breath to its last. What is made later rests on what was made earlier, and ends before it.
func run(ctx context.Context, sources config.Sources) error {
	began := time.Now()
	c, err := config.Load(sources)
	if err != nil {
		return err
	}
	ctx, hangups, release := signals(ctx)
	defer release()
	log, level := newLogger(c.Log, os.Stderr)
	log.Info("starting", zap.String("version", version.Version), zap.String("config", c.File), zap.String("state_dir", c.StateDir))

	d := &daemon{log: log, level: level, sources: sources, began: began, started: c, hangups: hangups}
	d.current.Store(c)
	err = d.live(ctx)
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil && !d.serving: // what was being read or waited for is left to the next start
		log.Info("stopped before the start was complete", zap.NamedError("interrupted", err))
		return nil
	default:
		return failure{err}
	}
}

// live makes all parts, serves, and ends them.
func (d *daemon) live(ctx context.Context) error {
	c := d.started
	descriptors.CloseOnExec()
	if err := prepareDirs(c); err != nil {
		return err
	}
	// The journal's lock is what makes this daemon the only one of its state directory.
	store, err := journal.Open(ctx, journal.Options{Dir: c.StateDir, Logger: d.log})
	if err != nil {
		return err
	}
	d.journal = store
	defer closing(d.log, "the journal", store.Close)
	self, err := loadIdentity(c.StateDir)
	if err != nil {
		return err
	}
	d.runners, err = newRegistry(ctx, c, self, d.log)
	if err != nil {
		return err
	}
	defer closing(d.log, "the runners", d.runners.Close)
	d.executor = executor.New(store, d.runners, executorOptions(c), d.log)
	defer d.executor.Close()
	if err := d.listen(ctx, c); err != nil {
		return err
	}
	defer d.closeListeners()
	spokenFor, err := d.executor.Recover(ctx)
	if err != nil {
		return err
	}
	d.runners.Start(func(_ *runners.Runner, sandbox string) bool { return spokenFor[sandbox] })
	d.serving = true
	return d.serve(ctx)
}

// signals returns a context that ends with the first SIGTERM or SIGINT, and the SIGHUPs. A second SIGTERM or SIGINT kills: that is safe
// at any time.
func signals(ctx context.Context) (terminated context.Context, hangups chan os.Signal, release func()) {
	hangups = make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	// Catching it keeps the daemon alive when its log is a pipe that nobody reads any more. Ignoring it would do so too, but
	// what the daemon starts would inherit that.
	pipes := make(chan os.Signal, 1)
	signal.Notify(pipes, syscall.SIGPIPE)
	terminated, stop := signal.NotifyContext(ctx, syscall.SIGTERM, syscall.SIGINT)
	context.AfterFunc(terminated, stop)
	return terminated, hangups, func() {
		stop()
		signal.Stop(hangups)
		signal.Stop(pipes)
	}
}

// closing closes what a daemon that ends has no more use for.
func closing(log *zap.Logger, what string, closeIt func() error) {
	if err := closeIt(); err != nil {
		log.Error("cannot close "+what, zap.Error(err))
	}
}
