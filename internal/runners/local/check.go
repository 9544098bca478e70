package local

import (
	"context"

	"github.com/clockworkd/clockwork/internal/runners"
)

// Check runs the agent's own binary in a sandbox: it is the one program that is there for certain.
func (d *Driver) Check(ctx context.Context) []runners.Finding {
	return runners.Probe(ctx, d, []string{d.options.AgentPath, "version"},
		"see that "+d.layout.stateDir+" and "+d.layout.runtimeDir+" are writable and "+d.options.AgentPath+" can be run")
}
