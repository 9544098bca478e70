package local

import (
	"context"
	"os"

	"github.com/clockworkd/clockwork/internal/runners"
)

// Check runs the agent's own binary in a sandbox: it is the one program that is there for certain. Then it tries to break every isolation that
// is said to be in force.
func (d *Driver) Check(ctx context.Context) []runners.Finding {
	bait, err := newBait(ctx)
	if err != nil {
		return []runners.Finding{{Name: "prepare what steps must not reach", Detail: err.Error(), Remedy: "see that there is room in " + os.TempDir()}}
	}
	defer bait.remove() //nolint:errcheck // it lies where everything is temporary
	return runners.Probe(ctx, d, []string{d.options.AgentPath, "version"},
		"see that "+d.layout.stateDir+" and "+d.layout.runtimeDir+" are writable and "+d.options.AgentPath+" can be run",
		d.trials(ctx, bait)...)
}
