package podman

import (
	"testing"

	"github.com/clockworkd/clockwork/internal/runners/engine"
	"github.com/clockworkd/clockwork/internal/runners/engine/enginetest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, variable := range map[string]string{"rootful": "CLOCKWORK_TEST_PODMAN", "rootless": "CLOCKWORK_TEST_PODMAN_ROOTLESS"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := enginetest.Up(t, variable, "podman")
			enginetest.Conformance(t, e, New, func(*engine.Options) {})
		})
	}
}
