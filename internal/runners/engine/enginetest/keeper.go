package enginetest

import (
	"errors"
	"sync"
	"testing"

	"github.com/clockworkd/clockwork/internal/runners"
	"github.com/clockworkd/clockwork/internal/runners/engine"
)

// keepers are sandboxes that are there while tests use an engine. They use the volume with the agent: else the drivers of parallel tests,
// each of which removes it at its end if nobody else uses it, would make and remove it all the time.
var keepers = struct {
	sync.Mutex
	byHost map[string]*keeper
}{byHost: make(map[string]*keeper)}

type keeper struct {
	driver *engine.Driver
	id     string
	users  int
}

// keep keeps the volume until the end of the test.
func (w *World) keep(tb testing.TB) {
	tb.Helper()
	keepers.Lock()
	defer keepers.Unlock()
	k := keepers.byHost[w.Host]
	if k == nil {
		k = &keeper{driver: w.New(tb, w.Options(tb, "keeper")), id: NewID()}
		keepers.byHost[w.Host] = k
		k.create(tb)
	}
	k.users++
	tb.Cleanup(func() {
		keepers.Lock()
		defer keepers.Unlock()
		if k.users--; k.users > 0 {
			return
		}
		delete(keepers.byHost, w.Host)
		if err := errors.Join(k.driver.Destroy(bounded(tb), k.id), k.driver.Close()); err != nil {
			tb.Error(err)
		}
	})
}

// create makes the sandbox, in as many attempts as that takes while other processes do the same.
func (k *keeper) create(tb testing.TB) {
	tb.Helper()
	for {
		sandbox, err := k.driver.Create(bounded(tb), runners.Spec{ID: k.id, Progress: func(string) {}})
		if err == nil {
			_ = sandbox.Agent.Close()
			return
		}
		if destroyed := k.driver.Destroy(bounded(tb), k.id); destroyed != nil || !errors.Is(err, runners.ErrTemporary) {
			tb.Fatal(errors.Join(err, destroyed))
		}
	}
}
