package ssh

import (
	"context"

	"github.com/clockworkd/clockwork/internal/runners"
)

// Check runs a shell in a sandbox, which every host has. It asks also a host that has refused us a moment ago: somebody may have mended that.
func (d *Driver) Check(ctx context.Context) []runners.Finding {
	d.link.Forgive()
	return runners.Probe(ctx, d, []string{"/bin/sh", "-c", ":"}, "see that the host can be reached, and lets this user in, by ssh")
}
