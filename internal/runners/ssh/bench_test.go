package ssh

import (
	"slices"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/internal/runners"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// BenchmarkStep measures a step in a warm sandbox, without a daemon, on lines of several lengths; and beside it what a bare call of the agent takes
// on that line, which is one round trip.
func BenchmarkStep(b *testing.B) {
	for _, trip := range []time.Duration{0, 20 * time.Millisecond} {
		b.Run("trip="+trip.String(), func(b *testing.B) {
			s := newSite(b, "main", "plain")
			s.seed(b)
			s.line.Delay(trip / 2)
			d := s.newDriver(b, s.options(b, "daemon"))
			defer d.Close()
			id := s.id("bench")
			sandbox, err := d.Create(b.Context(), runners.Spec{ID: id, Progress: func(string) {}})
			if err != nil {
				b.Fatal(err)
			}
			var took, trips []time.Duration
			for n := 0; b.Loop(); n++ {
				began := time.Now()
				exit, err := sandbox.Agent.Run(b.Context(), &agentv1.Start{
					ProcessId: id + time.Duration(n).String(), Argv: []string{"/bin/true"},
				}, &seen{})
				if err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(began))
				exit.Forget()
				began = time.Now()
				if err := sandbox.Agent.Ping(b.Context()); err != nil {
					b.Fatal(err)
				}
				trips = append(trips, time.Since(began))
			}
			slices.Sort(took)
			slices.Sort(trips)
			b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "step-ms")
			b.ReportMetric(float64(trips[len(trips)/2].Microseconds())/1000, "call-ms")
			_ = sandbox.Agent.Close()
			if err := d.Destroy(b.Context(), id); err != nil {
				b.Fatal(err)
			}
		})
	}
}
