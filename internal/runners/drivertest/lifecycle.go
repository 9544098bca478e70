package drivertest

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/internal/agent"
)

func lifecycleCases() map[string]func(*testing.T, *fixture) {
	return map[string]func(*testing.T, *fixture){
		"CreateGivesAFreshAgent":         createGivesAFreshAgent,
		"CreateConcurrently":             createConcurrently,
		"CreateStopsWithItsContext":      createStopsWithItsContext,
		"ListFindsExactlyOurs":           listFindsExactlyOurs,
		"SandboxesAreIndependent":        sandboxesAreIndependent,
		"DestroyIsIdempotent":            destroyIsIdempotent,
		"DestroyConcurrently":            destroyConcurrently,
		"DestroyEndsWhatRuns":            destroyEndsWhatRuns,
		"DestroyEndsABackgroundProcess":  destroyEndsABackgroundProcess,
		"DestroyAfterTheAgentsDeath":     destroyAfterTheAgentsDeath,
		"DestroyRemovesUnwritableFiles":  destroyRemovesUnwritableFiles,
		"DestroyLeavesOthersSandboxesBe": destroyLeavesOthersSandboxesBe,
	}
}

func createGivesAFreshAgent(t *testing.T, f *fixture) {
	id := f.newID()
	sandbox, err := f.driver.Create(f.ctx, f.spec(t, id))
	if err != nil {
		t.Fatalf("Create: %v", err)
	}
	b := f.open(t, sandbox)
	if b.ID != id {
		t.Errorf("ID = %q, want %q", b.ID, id)
	}
	hello := b.Agent.Hello()
	if hello.Incarnation == "" || !filepath.IsAbs(hello.Workspace) || hello.ProcessesStarted != 0 {
		t.Errorf("Hello = %+v, want an incarnation, an absolute workspace and no process started", hello)
	}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LANG"} {
		if hello.BaseEnv[name] == "" {
			t.Errorf("the base environment has no %s: %v", name, hello.BaseEnv)
		}
	}
	if err := b.Agent.Ping(f.ctx); err != nil {
		t.Errorf("Ping: %v", err)
	}
}

func createConcurrently(t *testing.T, f *fixture) {
	ids := make([]string, 4)
	for i := range ids {
		ids[i] = f.newID()
	}
	var all sync.WaitGroup
	for _, id := range ids {
		all.Go(func() {
			sandbox, err := f.driver.Create(f.ctx, f.spec(t, id))
			if err != nil {
				t.Errorf("Create: %v", err)
				return
			}
			f.open(t, sandbox)
		})
	}
	all.Wait()
	f.checkList(t, f.driver, ids...)
}

// createStopsWithItsContext cancels Create at several moments. Wherever that hits, Destroy removes all of it.
func createStopsWithItsContext(t *testing.T, f *fixture) {
	for _, after := range []time.Duration{0, time.Millisecond, 10 * time.Millisecond, 50 * time.Millisecond} {
		id := f.newID()
		ctx, cancel := context.WithTimeout(f.ctx, after)
		sandbox, err := f.driver.Create(ctx, f.spec(t, id))
		cancel()
		if err == nil {
			f.open(t, sandbox)
		} else if sandbox != nil {
			t.Error("Create returned a sandbox and an error")
		}
		f.destroy(t, f.driver, id)
		f.checkList(t, f.driver)
	}
}

func listFindsExactlyOurs(t *testing.T, f *fixture) {
	f.checkList(t, f.driver)
	other := f.life(t, stranger)
	foreign := f.createBy(t, other, f.newID())
	defer f.destroy(t, other, foreign.ID)
	first, second := f.create(t), f.create(t)
	f.checkList(t, f.driver, first.ID, second.ID)
	f.checkList(t, other, foreign.ID)
	f.destroy(t, f.driver, first.ID)
	f.checkList(t, f.driver, second.ID)
	f.checkList(t, other, foreign.ID)
}

func sandboxesAreIndependent(t *testing.T, f *fixture) {
	first, second := f.create(t), f.create(t)
	if a, b := first.Agent.Hello(), second.Agent.Hello(); a.Incarnation == b.Incarnation {
		t.Error("two sandboxes have one agent")
	}
	first.command(t, "write", "mine", "text")
	if got := second.run(t, second.start("cat", "mine")); got.GetExitCode() == 0 {
		t.Errorf("one sandbox sees the file of another: %q", got.stdout)
	}
	f.destroy(t, f.driver, first.ID)
	if got := second.command(t, "print", "out=alive"); got != "alive" {
		t.Errorf("after the other's end it printed %q", got)
	}
}

func destroyIsIdempotent(t *testing.T, f *fixture) {
	f.destroy(t, f.driver, f.newID()) // which never existed
	b := f.create(t)
	f.destroy(t, f.driver, b.ID)
	f.destroy(t, f.driver, b.ID)
	f.checkList(t, f.driver)
}

func destroyConcurrently(t *testing.T, f *fixture) {
	b := f.create(t)
	b.background(f.ctx, t, b.start("hold", "file"))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { f.destroy(t, f.driver, b.ID) })
	}
	all.Wait()
	f.checkList(t, f.driver)
}

func destroyEndsWhatRuns(t *testing.T, f *fixture) {
	b := f.create(t)
	ended := b.background(f.ctx, t, b.start("ignore-term", "tree", "d"))
	for _, name := range treeFiles {
		b.command(t, "await", name)
	}
	f.destroy(t, f.driver, b.ID)
	f.checkList(t, f.driver)
	if left := f.Leftovers(t); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
	if got := <-ended; got.err == nil && got.ExitCode != nil {
		t.Errorf("a process that was killed exited with %v", got.Exited)
	}
}

func destroyEndsABackgroundProcess(t *testing.T, f *fixture) {
	b := f.create(t)
	b.command(t, "daemonize", "hold", "file")
	b.command(t, "await", "file")
	f.destroy(t, f.driver, b.ID)
	if left := f.Leftovers(t); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func destroyAfterTheAgentsDeath(t *testing.T, f *fixture) {
	b := f.create(t)
	b.command(t, "daemonize", "hold", "file")
	b.command(t, "await", "file")
	f.Kill(t, b.ID)
	f.checkList(t, f.driver, b.ID)
	f.destroy(t, f.driver, b.ID)
	if left := f.Leftovers(t); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func destroyRemovesUnwritableFiles(t *testing.T, f *fixture) {
	b := f.create(t)
	b.write(t, agent.File{Path: "a/b/file", Mode: 0o400, Content: []byte("text")})
	b.command(t, "chmod", "0500", "a/b")
	b.command(t, "chmod", "0000", "a")
	f.destroy(t, f.driver, b.ID)
	f.checkList(t, f.driver)
}

func destroyLeavesOthersSandboxesBe(t *testing.T, f *fixture) {
	other := f.life(t, stranger)
	foreign := f.createBy(t, other, f.newID())
	f.destroy(t, f.driver, foreign.ID) // which is none of its own
	if err := foreign.Agent.Ping(f.ctx); err != nil {
		t.Errorf("a daemon has destroyed the sandbox of another one: %v", err)
	}
	f.destroy(t, other, foreign.ID)
}
