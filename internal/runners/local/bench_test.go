package local

import (
	"testing"

	"github.com/gofrs/uuid/v5"

	"github.com/clockworkd/clockwork/internal/runners"
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
