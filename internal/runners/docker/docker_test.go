package docker

import (
	"testing"

	"github.com/clockworkd/clockwork/internal/runners/engine/enginetest"
)

func TestConformance(t *testing.T) {
	t.Parallel()
	e := enginetest.Up(t, "CLOCKWORK_TEST_DOCKER", "docker")
	enginetest.Conformance(t, e, New)
}

func TestImages(t *testing.T) {
	t.Parallel()
	enginetest.Images(t, enginetest.NewWorld(t, enginetest.Up(t, "CLOCKWORK_TEST_DOCKER", "docker"), New))
}

func TestOptions(t *testing.T) {
	t.Parallel()
	enginetest.OptionCases(t, enginetest.NewWorld(t, enginetest.Up(t, "CLOCKWORK_TEST_DOCKER", "docker"), New))
}

func TestFaults(t *testing.T) {
	t.Parallel()
	enginetest.Faults(t, enginetest.NewWorld(t, enginetest.Up(t, "CLOCKWORK_TEST_DOCKER", "docker"), New))
}

func TestAVolumeThatIsLost(t *testing.T) { // not in parallel: nobody else may use the engine meanwhile
	e := enginetest.Up(t, "CLOCKWORK_TEST_DOCKER", "docker")
	enginetest.VolumeLost(t, enginetest.NewWorldAlone(e, New))
}

func TestRegistries(t *testing.T) {
	t.Parallel()
	enginetest.Registries(t, enginetest.NewWorld(t, enginetest.Up(t, "CLOCKWORK_TEST_DOCKER", "docker"), New))
}
