package drivertest

import (
	"context"
	"path/filepath"
	"sync"
	"time"

	"github.com/clockworkd/clockwork/internal/agent"
)

func lifecycleCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
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

func createGivesAFreshAgent(f *fixture) {
	id := f.newID()
	sandbox, err := f.driver.Create(f.ctx, f.spec(id))
	if err != nil {
		f.Fatalf("Create: %v", err)
	}
	b := f.open(sandbox)
	if b.ID != id {
		f.Errorf("ID = %q, want %q", b.ID, id)
	}
	hello := b.Agent.Hello()
	if hello.Incarnation == "" || !filepath.IsAbs(hello.Workspace) || hello.ProcessesStarted != 0 {
		f.Errorf("Hello = %+v, want an incarnation, an absolute workspace and no process started", hello)
	}
	for _, name := range []string{"PATH", "HOME", "TMPDIR", "LANG"} {
		if hello.BaseEnv[name] == "" {
			f.Errorf("the base environment has no %s: %v", name, hello.BaseEnv)
		}
	}
	if err := b.Agent.Ping(f.ctx); err != nil {
		f.Errorf("Ping: %v", err)
	}
}

func createConcurrently(f *fixture) {
	ids := make([]string, 4)
	for i := range ids {
		ids[i] = f.newID()
	}
	var all sync.WaitGroup
	for _, id := range ids {
		all.Go(func() {
			sandbox, err := f.driver.Create(f.ctx, f.spec(id))
			if err != nil {
				f.Errorf("Create: %v", err)
				return
			}
			f.open(sandbox)
		})
	}
	all.Wait()
	f.checkList(f.driver, ids...)
}

// createStopsWithItsContext cancels Create at several moments. Wherever that hits, Destroy removes all of it.
func createStopsWithItsContext(f *fixture) {
	for _, after := range []time.Duration{0, time.Millisecond, 10 * time.Millisecond, 50 * time.Millisecond} {
		id := f.newID()
		ctx, cancel := context.WithTimeout(f.ctx, after)
		sandbox, err := f.driver.Create(ctx, f.spec(id))
		cancel()
		if err == nil {
			f.open(sandbox)
		} else if sandbox != nil {
			f.Error("Create returned a sandbox and an error")
		}
		f.destroy(f.driver, id)
		f.checkList(f.driver)
	}
}

func listFindsExactlyOurs(f *fixture) {
	f.checkList(f.driver)
	other := f.life(stranger)
	foreign := f.createBy(other, f.newID())
	defer f.destroy(other, foreign.ID)
	first, second := f.create(), f.create()
	f.checkList(f.driver, first.ID, second.ID)
	f.checkList(other, foreign.ID)
	f.destroy(f.driver, first.ID)
	f.checkList(f.driver, second.ID)
	f.checkList(other, foreign.ID)
}

func sandboxesAreIndependent(f *fixture) {
	first, second := f.create(), f.create()
	if a, b := first.Agent.Hello(), second.Agent.Hello(); a.Incarnation == b.Incarnation {
		f.Error("two sandboxes have one agent")
	}
	first.command("write", "mine", "text")
	if got := second.run(second.start("cat", "mine")); got.GetExitCode() == 0 {
		f.Errorf("one sandbox sees the file of another: %q", got.stdout)
	}
	f.destroy(f.driver, first.ID)
	if got := second.command("print", "out=alive"); got != "alive" {
		f.Errorf("after the other's end it printed %q", got)
	}
}

func destroyIsIdempotent(f *fixture) {
	f.destroy(f.driver, f.newID()) // which never existed
	b := f.create()
	f.destroy(f.driver, b.ID)
	f.destroy(f.driver, b.ID)
	f.checkList(f.driver)
}

func destroyConcurrently(f *fixture) {
	b := f.create()
	b.background(f.ctx, b.start("hold", "file"))
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { f.destroy(f.driver, b.ID) })
	}
	all.Wait()
	f.checkList(f.driver)
}

func destroyEndsWhatRuns(f *fixture) {
	b := f.create()
	ended := b.background(f.ctx, b.start("ignore-term", "tree", "d"))
	for _, name := range treeFiles {
		b.command("await", name)
	}
	f.destroy(f.driver, b.ID)
	f.checkList(f.driver)
	if left := f.Leftovers(f.T); len(left) > 0 {
		f.Errorf("left behind: %q", left)
	}
	if got := <-ended; got.err == nil && got.ExitCode != nil {
		f.Errorf("a process that was killed exited with %v", got.Exited)
	}
}

func destroyEndsABackgroundProcess(f *fixture) {
	b := f.create()
	b.command("daemonize", "hold", "file")
	b.command("await", "file")
	f.destroy(f.driver, b.ID)
	if left := f.Leftovers(f.T); len(left) > 0 {
		f.Errorf("left behind: %q", left)
	}
}

func destroyAfterTheAgentsDeath(f *fixture) {
	b := f.create()
	b.command("daemonize", "hold", "file")
	b.command("await", "file")
	f.Kill(f.T, b.ID)
	f.checkList(f.driver, b.ID)
	f.destroy(f.driver, b.ID)
	if left := f.Leftovers(f.T); len(left) > 0 {
		f.Errorf("left behind: %q", left)
	}
}

func destroyRemovesUnwritableFiles(f *fixture) {
	b := f.create()
	b.write(agent.File{Path: "a/b/file", Mode: 0o400, Content: []byte("text")})
	b.command("chmod", "0500", "a/b")
	b.command("chmod", "0000", "a")
	f.destroy(f.driver, b.ID)
	f.checkList(f.driver)
}

func destroyLeavesOthersSandboxesBe(f *fixture) {
	other := f.life(stranger)
	foreign := f.createBy(other, f.newID())
	f.destroy(f.driver, foreign.ID) // which is none of its own
	if err := foreign.Agent.Ping(f.ctx); err != nil {
		f.Errorf("a daemon has destroyed the sandbox of another one: %v", err)
	}
	f.destroy(other, foreign.ID)
}
