package server

import "github.com/prometheus/client_golang/prometheus"

// poolCollector asks the pools when it is asked.
type poolCollector struct{ runners Runners }

var (
	poolSandboxes = prometheus.NewDesc("clockwork_pool_sandboxes", "Sandboxes of a runner, by what they do.", []string{"runner", "state"}, nil)
	poolWaiting   = prometheus.NewDesc("clockwork_pool_waiting", "Executions that wait for a sandbox.", []string{"runner"}, nil)
	poolLeases    = prometheus.NewDesc("clockwork_pool_leases_total", "Leases, by whether a warm sandbox was there (hit) or not (miss).", []string{"runner", "outcome"}, nil)
	poolWait      = prometheus.NewDesc("clockwork_pool_wait_seconds_total", "Time that leases have waited.", []string{"runner"}, nil)
)

// Describe implements prometheus.Collector.
func (poolCollector) Describe(descriptions chan<- *prometheus.Desc) {
	for _, description := range []*prometheus.Desc{poolSandboxes, poolWaiting, poolLeases, poolWait} {
		descriptions <- description
	}
}

// Collect implements prometheus.Collector.
func (c poolCollector) Collect(metrics chan<- prometheus.Metric) {
	for _, runner := range c.runners.All() {
		name, status := runner.Name(), runner.Status()
		gauge := func(d *prometheus.Desc, value int, labels ...string) {
			metrics <- prometheus.MustNewConstMetric(d, prometheus.GaugeValue, float64(value), append([]string{name}, labels...)...)
		}
		counter := func(d *prometheus.Desc, value float64, labels ...string) {
			metrics <- prometheus.MustNewConstMetric(d, prometheus.CounterValue, value, append([]string{name}, labels...)...)
		}
		gauge(poolSandboxes, status.Idle, "idle")
		gauge(poolSandboxes, status.Creating, "creating")
		gauge(poolSandboxes, status.Leased, "leased")
		gauge(poolWaiting, status.Waiting)
		counter(poolLeases, float64(status.Hits), "hit")
		counter(poolLeases, float64(status.Misses), "miss")
		counter(poolWait, status.TotalWait.Seconds())
	}
}
