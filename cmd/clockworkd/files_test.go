package main

import (
	"math"
	"testing"

	"go.uber.org/zap"

	"github.com/clockworkd/clockwork/internal/config"
)

func TestSandboxesWithin(t *testing.T) {
	t.Parallel()
	for files, want := range map[uint64]uint64{0: 1, 16: 1, 64: 6, 1024: 186, 1 << 20: 196602} {
		if got := sandboxesWithin(files); got != want {
			t.Errorf("%d files are enough for %d sandboxes, want %d", files, got, want)
		}
	}
	if sandboxesWithin(math.MaxUint64) < 1<<60 {
		t.Error("no limit is taken for a low one")
	}
}

func TestTooFewFilesAreShared(t *testing.T) {
	t.Parallel()
	all, err := affordable([]config.Runner{
		{Pool: config.Pool{Warm: 1, Max: 1 << 40}}, {Pool: config.Pool{Warm: 2, Max: 1}}, {Pool: config.Pool{Warm: 1 << 39, Max: 1 << 40}},
	}, zap.NewNop())
	if err != nil {
		t.Fatal(err)
	}
	first, second, third := all[0].Pool, all[1].Pool, all[2].Pool
	if first.Max != third.Max || first.Max >= 1<<40 || second.Max != 1 || second.Warm != 1 || third.Warm > third.Max {
		t.Errorf("the pools are %+v, %+v and %+v", first, second, third)
	}
}
