package podman

import (
	"testing"

	"github.com/clockworkd/clockwork/internal/runners/engine"
	"github.com/clockworkd/clockwork/internal/runners/engine/enginetest"
)

// each runs a test on Podman with root's rights, and without.
func each(t *testing.T, run func(t *testing.T, e enginetest.Engine)) {
	t.Helper()
	t.Parallel()
	for name, variable := range map[string]string{"rootful": "CLOCKWORK_TEST_PODMAN", "rootless": "CLOCKWORK_TEST_PODMAN_ROOTLESS"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, enginetest.Up(t, variable, "podman"))
		})
	}
}

func TestConformance(t *testing.T) {
	each(t, func(t *testing.T, e enginetest.Engine) {
		t.Helper()
		enginetest.Conformance(t, e, create, func(*engine.Options) {})
	})
}

func TestImages(t *testing.T) {
	each(t, func(t *testing.T, e enginetest.Engine) {
		t.Helper()
		enginetest.Images(t, enginetest.NewWorld(t, e, create))
	})
}

// create makes a driver from what both engines have.
func create(o engine.Options) (*engine.Driver, error) { return New(Options{Options: o}) }
