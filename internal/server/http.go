package server

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"
	healthv1 "google.golang.org/grpc/health/grpc_health_v1"
)

// httpTimeout bounds each request of the HTTP side.
const httpTimeout = 10 * time.Second

// profileTimeout bounds the longest profile that can be asked for.
const profileTimeout = 5 * time.Minute

// HTTP serves /metrics, /healthz and, if wanted, /debug/pprof, to whoever can reach it.
type HTTP struct {
	server *http.Server
}

// NewHTTP returns the HTTP side of a server.
func NewHTTP(metrics *Metrics, api *Server, profiles bool, log *zap.Logger) *HTTP {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", api.healthz)
	writeTimeout := httpTimeout
	if profiles {
		writeTimeout = profileTimeout
		mux.HandleFunc("GET /debug/pprof/", pprof.Index)
		mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("GET /debug/pprof/symbol", pprof.Symbol)
		mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	}
	return &HTTP{server: &http.Server{
		Handler: mux, ErrorLog: zap.NewStdLog(log), ReadTimeout: httpTimeout, WriteTimeout: writeTimeout, IdleTimeout: time.Minute,
	}}
}

// Serve answers requests until Shutdown, and closes the listener. The listener has to be on loopback.
func (h *HTTP) Serve(listener net.Listener) error {
	if tcp, ok := listener.Addr().(*net.TCPAddr); ok && !tcp.IP.IsLoopback() {
		_ = listener.Close() // what is wrong is said below
		return fmt.Errorf("cannot serve metrics on %s: it is not on loopback, and there is no authentication", listener.Addr())
	}
	if err := h.server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("cannot serve metrics on %s: %w", listener.Addr(), err)
	}
	return nil
}

// Shutdown waits for running requests until ctx is done, and then cuts them off.
func (h *HTTP) Shutdown(ctx context.Context) {
	if h.server.Shutdown(ctx) != nil {
		_ = h.server.Close() // nothing is left to do about it
	}
}

// healthz says "serving", or 503 while the daemon is draining.
func (s *Server) healthz(w http.ResponseWriter, r *http.Request) {
	answer, err := s.health.Check(r.Context(), &healthv1.HealthCheckRequest{})
	if err != nil || answer.GetStatus() != healthv1.HealthCheckResponse_SERVING {
		http.Error(w, "draining", http.StatusServiceUnavailable)
		return
	}
	_, _ = w.Write([]byte("serving\n")) // a client that is gone needs no answer
}
