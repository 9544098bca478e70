package podman

import (
	"testing"

	"github.com/clockworkd/clockwork/internal/runners/engine/enginetest"
)

// Podman's containers do not need its service: a step goes on without it.
func TestRestart(t *testing.T) {
	t.Parallel()
	own := enginetest.StartPodman(t)
	for name, end := range map[string]func(testing.TB){"killed": own.Kill, "restarted": own.Stop} {
		t.Log(name)
		enginetest.Survives(t, enginetest.NewWorldAlone(own.Engine, create).Part(t), func() { end(t); own.Start(t) })
	}
}
