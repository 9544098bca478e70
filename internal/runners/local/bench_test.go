package local

import (
	"strconv"
	"testing"

	"github.com/gofrs/uuid/v5"

	"github.com/clockworkd/clockwork/internal/runners"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// BenchmarkSandbox creates and destroys a sandbox: what a pool spares an execution, and what it costs in the background.
func BenchmarkSandbox(b *testing.B) {
	h := newHost(b)
	d := h.newDriver(b, h.options("daemon"))
	defer d.Close()
	for b.Loop() {
		id := uuid.Must(uuid.NewV7()).String()
		sandbox, err := d.Create(b.Context(), runners.Spec{ID: id, Progress: func(string) {}})
		if err != nil {
			b.Fatal(err)
		}
		if err := sandbox.Agent.Close(); err != nil {
			b.Fatal(err)
		}
		if err := d.Destroy(b.Context(), id); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkStep compares the steps of sandboxes that differ in what their steps may do and use. There should be no difference.
func BenchmarkStep(b *testing.B) {
	for _, c := range []struct {
		name    string
		changes []func(*Options)
	}{
		{"free", nil},
		{"limited", []func(*Options){limit}},
		{"confined", []func(*Options){deny}},
		{"both", []func(*Options){limit, deny}},
	} {
		b.Run(c.name, func(b *testing.B) {
			h := newHost(b)
			o := h.options("daemon")
			for _, change := range c.changes {
				change(&o)
			}
			o.Limits.CPUs = 0 // it is there to slow down
			d := h.newDriver(b, o)
			defer d.Close()
			sandbox := createSandbox(b, h, d)
			for i := 0; b.Loop(); i++ {
				start := &agentv1.Start{ProcessId: strconv.Itoa(i), Argv: []string{"/bin/true"}}
				exit, err := sandbox.Agent.Run(b.Context(), start, &collect{})
				if err != nil || exit.ExitCode == nil {
					b.Fatal(exit, err)
				}
				exit.Forget()
			}
		})
	}
}
