package native

import (
	"context"
	"time"

	"github.com/clockworkd/clockwork/internal/agent/tree"
)

// kill ends a set of processes, however long it takes. A look that fails, for want of descriptors perhaps, is repeated.
func kill(set tree.Set, reaper *reaper) {
	for set.Kill(context.Background(), reaper.changed) != nil {
		<-time.After(100 * time.Millisecond)
	}
}
