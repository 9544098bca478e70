package docker

import (
	"testing"

	"github.com/clockworkd/clockwork/internal/runners/engine/enginetest"
)

func TestMain(m *testing.M) { enginetest.Main(m) }
