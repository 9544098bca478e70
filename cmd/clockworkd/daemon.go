package main

import (
	"context"
	"net"
	"os"
	"sync/atomic"
	"time"

	systemd "github.com/coreos/go-systemd/v22/daemon"
	"go.uber.org/zap"
	"golang.org/x/sync/errgroup"

	"github.com/clockworkd/clockwork/internal/config"
	"github.com/clockworkd/clockwork/internal/executor"
	"github.com/clockworkd/clockwork/internal/journal"
	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/server"
)

// daemon is what runs between the start and the end.
type daemon struct {
	log      *zap.Logger
	level    zap.AtomicLevel
	sources  config.Sources
	began    time.Time
	journal  *journal.Journal
	runners  *runners.Registry
	executor *executor.Executor
	hangups  <-chan os.Signal

	// started is the configuration that everything was made from; current is the newest one, of which only some keys are in force.
	started *config.Config
	current atomic.Pointer[config.Config]

	api       *server.Server
	listeners []net.Listener
	web       *server.HTTP
	webSocket net.Listener // nil where metrics are not served
	serving   bool         // whether the start is complete
}

// serve runs until ctx is done or a part fails, and then stops in order.
func (d *daemon) serve(ctx context.Context) error {
	group, working := errgroup.WithContext(ctx)
	group.Go(func() error { return d.api.Serve(d.listeners...) })
	if d.webSocket != nil {
		d.log.Info("serving metrics", zap.Stringer("address", d.webSocket.Addr()))
		group.Go(func() error { return d.web.Serve(d.webSocket) })
	}
	group.Go(func() error { d.retain(working); return nil })
	group.Go(func() error { d.trimMemory(working); return nil })
	group.Go(func() error { d.reloads(working); return nil })
	group.Go(func() error { d.watchdog(working); return nil })
	group.Go(func() error { <-working.Done(); d.stop(); return nil })
	d.notify(systemd.SdNotifyReady)
	d.log.Info("ready", zap.Duration("after", time.Since(d.began)))
	return group.Wait()
}

// listen opens the sockets and makes the servers for them.
func (d *daemon) listen(ctx context.Context, c *config.Config) error {
	security := server.Security{InsecureLoopback: c.TCP.InsecureLoopback}
	if c.TCP.TLS() {
		tls, err := server.MutualTLS(c.TCP.Certificate, c.TCP.Key, c.TCP.ClientCA)
		if err != nil {
			return err
		}
		security.TLS = tls
	}
	metrics := server.NewMetrics(d.runners, d.executor.Live)
	d.api = server.New(server.Options{
		Executor: d.executor, Journal: d.journal, Runners: d.runners, Daemon: d, Log: d.log, Security: security, Metrics: metrics,
		Limits: serverLimits(c),
	})
	d.web = server.NewHTTP(metrics, d.api, c.Metrics.Profiles, d.log)
	err := d.openListeners(ctx, c)
	if err == nil && !c.Metrics.Listen.IsZero() {
		d.webSocket, err = server.Listen(ctx, c.Metrics.Listen.Network, c.Metrics.Listen.Address)
	}
	if err != nil {
		d.closeListeners()
	}
	return err
}

// openListeners takes the sockets that systemd opened, if it did, in place of the configured ones.
func (d *daemon) openListeners(ctx context.Context, c *config.Config) (err error) {
	if d.listeners, err = server.Activated(); err != nil || len(d.listeners) > 0 {
		return err
	}
	for _, address := range c.Listen {
		listener, err := server.Listen(ctx, address.Network, address.Address)
		if err != nil {
			return err
		}
		d.listeners = append(d.listeners, listener)
	}
	return nil
}

// closeListeners closes what no server has closed.
func (d *daemon) closeListeners() {
	for _, listener := range d.listeners {
		_ = listener.Close() // closing it again does nothing
	}
	if d.webSocket != nil {
		_ = d.webSocket.Close()
	}
}

// notify tells systemd, if it asked to be told.
func (d *daemon) notify(state string) {
	if _, err := systemd.SdNotify(false, state); err != nil {
		d.log.Warn("cannot notify systemd", zap.Error(err))
	}
}
