package podman

import (
	"testing"

	"github.com/clockworkd/clockwork/internal/runners/engine"
	"github.com/clockworkd/clockwork/internal/runners/engine/enginetest"
)

// variables name the sockets of Podman with root's rights, and without.
var variables = map[string]string{"rootful": "CLOCKWORK_TEST_PODMAN", "rootless": "CLOCKWORK_TEST_PODMAN_ROOTLESS"}

// each runs a test on Podman with root's rights, and without.
func each(t *testing.T, run func(t *testing.T, e enginetest.Engine)) {
	t.Helper()
	t.Parallel()
	for name, variable := range variables {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run(t, enginetest.Up(t, variable, "podman"))
		})
	}
}

func TestConformance(t *testing.T) {
	each(t, func(t *testing.T, e enginetest.Engine) {
		t.Helper()
		enginetest.Conformance(t, e, create)
	})
}

func TestImages(t *testing.T) {
	each(t, func(t *testing.T, e enginetest.Engine) {
		t.Helper()
		enginetest.Images(t, enginetest.NewWorld(t, e, create))
	})
}

func TestOptions(t *testing.T) {
	each(t, func(t *testing.T, e enginetest.Engine) {
		t.Helper()
		enginetest.OptionCases(t, enginetest.NewWorld(t, e, create))
	})
}

func TestFaults(t *testing.T) {
	each(t, func(t *testing.T, e enginetest.Engine) {
		t.Helper()
		enginetest.Faults(t, enginetest.NewWorld(t, e, create))
	})
}

func TestAVolumeThatIsLost(t *testing.T) { // not in parallel: nobody else may use the engine meanwhile
	for name, variable := range variables {
		t.Run(name, func(t *testing.T) {
			e := enginetest.Up(t, variable, "podman")
			enginetest.VolumeLost(t, enginetest.NewWorldAlone(e, create))
		})
	}
}

// create makes a driver from what both engines have.
func create(o engine.Options) (*engine.Driver, error) { return New(Options{Options: o}) }

func TestRegistries(t *testing.T) {
	each(t, func(t *testing.T, e enginetest.Engine) {
		t.Helper()
		enginetest.Registries(t, enginetest.NewWorld(t, e, create))
	})
}
