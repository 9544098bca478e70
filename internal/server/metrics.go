package server

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"google.golang.org/grpc/codes"

	"github.com/clockworkd/clockwork/internal/version"
)

// Metrics is what the daemon tells about itself in the format of Prometheus. A nil *Metrics counts nothing.
type Metrics struct {
	registry *prometheus.Registry
	calls    *prometheus.HistogramVec
}

// NewMetrics returns the metrics of a daemon; live tells how many executions have not ended.
func NewMetrics(runners Runners, live func() int) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "clockwork_call_duration_seconds", Help: "How long calls of the API took, streams until their end.",
			Buckets: prometheus.ExponentialBuckets(0.001, 4, 10), // 1 ms to 4 min
		}, []string{"method", "code"}),
	}
	m.registry.MustRegister(
		m.calls,
		collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "clockwork_build_info", Help: "Always 1.", ConstLabels: prometheus.Labels{"version": version.Version},
		}, func() float64 { return 1 }),
		prometheus.NewGaugeFunc(prometheus.GaugeOpts{
			Name: "clockwork_executions_live", Help: "Executions that have not ended.",
		}, func() float64 { return float64(live()) }),
		poolCollector{runners},
	)
	return m
}

func (m *Metrics) called(method string, code codes.Code, took time.Duration) {
	if m != nil {
		m.calls.WithLabelValues(method, code.String()).Observe(took.Seconds())
	}
}
