package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"go.uber.org/zap"
	"google.golang.org/grpc"
	"google.golang.org/grpc/health"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/reflection"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// cutGrace is how long streams that were told to end have until their connections are closed.
const cutGrace = time.Second

// Options is what a server is made of.
type Options struct {
	Executor Executor
	Journal  Journal
	Runners  Runners
	Daemon   Daemon
	Log      *zap.Logger
	Security Security
	// Metrics counts the calls; nil: nobody does.
	Metrics *Metrics
	Limits  Limits
}

// Limits bound what readers of streams can cost the daemon.
type Limits struct {
	// Watchers is how many streams of events may be open at once. One more is refused with RESOURCE_EXHAUSTED.
	Watchers int
	// StallTimeout is how long a reader may take nothing before its stream ends with ABORTED. A stream of events can be resumed.
	StallTimeout time.Duration
}

// Server serves the API. Its methods may be called concurrently.
type Server struct {
	log      *zap.Logger
	security Security
	grpc     *grpc.Server
	health   *health.Server
	limits   atomic.Pointer[Limits]
	senders  sync.WaitGroup
	// streams ends when streams of events are to end, whatever their executions do.
	streams context.Context //nolint:containedctx // it is the server's own lifetime, not a caller's
	cut     context.CancelFunc
}

// New returns a server that listens nowhere yet.
func New(options Options) *Server {
	streams, cut := context.WithCancel(context.Background())
	s := &Server{
		log: options.Log, security: options.Security, health: health.NewServer(),
		grpc: grpc.NewServer(serverOptions(options)...), streams: streams, cut: cut,
	}
	s.SetLimits(options.Limits)
	clockworkv1.RegisterExecutionServiceServer(s.grpc, &executionService{
		executor: options.Executor, journal: options.Journal, streams: streams,
		limits: &s.limits, watchers: &watchers{}, senders: &s.senders,
	})
	clockworkv1.RegisterRunnerServiceServer(s.grpc, &runnerService{runners: options.Runners})
	clockworkv1.RegisterDaemonServiceServer(s.grpc, &daemonService{daemon: options.Daemon})
	for _, service := range []string{
		clockworkv1.ExecutionService_ServiceDesc.ServiceName, clockworkv1.RunnerService_ServiceDesc.ServiceName, clockworkv1.DaemonService_ServiceDesc.ServiceName,
	} {
		s.health.SetServingStatus(service, healthv1.HealthCheckResponse_SERVING)
	}
	healthv1.RegisterHealthServer(s.grpc, s.health)
	reflection.Register(s.grpc)
	return s
}

// SetLimits changes the bounds of streams that are opened from now on.
func (s *Server) SetLimits(limits Limits) { s.limits.Store(&limits) }

// Serve accepts connections of all listeners, which it closes in the end. It returns nil after Shutdown, and an error when a
// listener may not be served, or fails, which ends the others too.
func (s *Server) Serve(listeners ...net.Listener) error {
	for _, listener := range listeners {
		if err := s.security.permits(listener.Addr()); err != nil {
			for _, listener := range listeners {
				_ = listener.Close() // what is wrong is said already
			}
			return err
		}
	}
	failures := make([]error, len(listeners))
	var serving sync.WaitGroup
	for i, listener := range listeners {
		serving.Go(func() {
			s.log.Info("listening", zap.String("network", listener.Addr().Network()), zap.Stringer("address", listener.Addr()))
			if err := s.grpc.Serve(listener); err != nil && !errors.Is(err, grpc.ErrServerStopped) {
				failures[i] = fmt.Errorf("cannot serve %s: %w", listener.Addr(), err)
				s.grpc.Stop()
			}
		})
	}
	serving.Wait()
	return errors.Join(failures...)
}

// Drain tells health checks that nothing new is taken any more. Calls are still answered: who waits for a running execution
// can watch and cancel it until Shutdown.
func (s *Server) Drain() { s.health.Shutdown() }

// Shutdown ends the server in this order: health says NOT_SERVING; the listeners are closed and clients are told to go
// elsewhere; calls and streams end by themselves until ctx is done; streams that have not ended by then end with UNAVAILABLE, and their
// clients resume with the next daemon; what still does not end a second later is cut off.
func (s *Server) Shutdown(ctx context.Context) {
	s.Drain()
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.grpc.GracefulStop()
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
	s.cut()
	timer := time.NewTimer(cutGrace)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
		s.grpc.Stop()
		<-done
	}
	s.senders.Wait() // with its streams, what they wait for has ended
}
