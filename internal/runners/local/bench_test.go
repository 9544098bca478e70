package local

import (
	"context"
	"errors"
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

// BenchmarkStep runs a step: what confinement costs each of them, beside one that is not confined.
func BenchmarkStep(b *testing.B) {
	for name, change := range map[string]func(*Options){"free": func(*Options) {}, "confined": deny} {
		b.Run(name, func(b *testing.B) {
			h := newHost(b)
			o := h.options("daemon")
			change(&o)
			d := h.newDriver(b, o)
			defer d.Close()
			id := uuid.Must(uuid.NewV7()).String()
			sandbox, err := d.Create(b.Context(), runners.Spec{ID: id, Progress: func(string) {}})
			if err != nil {
				b.Fatal(err)
			}
			for i := 0; b.Loop(); i++ {
				exit, err := sandbox.Agent.Run(b.Context(), &agentv1.Start{ProcessId: strconv.Itoa(i), Argv: []string{"/bin/true"}}, &collect{})
				if err != nil || exit.GetExitCode() != 0 {
					b.Fatal(exit, err)
				}
				exit.Forget()
			}
			if err := errors.Join(sandbox.Agent.Close(), d.Destroy(context.WithoutCancel(b.Context()), id)); err != nil {
				b.Fatal(err)
			}
		})
	}
}
