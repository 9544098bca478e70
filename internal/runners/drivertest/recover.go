package drivertest

import (
	"context"
	"errors"
	"testing"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/runners"
)

func recoverCases() map[string]func(*testing.T, *fixture) {
	return map[string]func(*testing.T, *fixture){
		"RecoverDisturbsNothing":            recoverDisturbsNothing,
		"RecoverAfterTheEndOfAProcess":      recoverAfterTheEndOfAProcess,
		"RecoverWhatIsNotThere":             recoverWhatIsNotThere,
		"RecoverAfterTheAgentsDeath":        recoverAfterTheAgentsDeath,
		"RecoverNothingOfAnotherDaemon":     recoverNothingOfAnotherDaemon,
		"CloseLeavesSandboxesAsTheyAre":     closeLeavesSandboxesAsTheyAre,
		"DestroyFromTheNextLifeOfTheDaemon": destroyFromTheNextLife,
	}
}

// recoverDisturbsNothing drops the connection while a process runs, as a daemon's death does.
func recoverDisturbsNothing(t *testing.T, f *fixture) {
	b := f.create(t)
	start := b.start("all", "print", "out=one", ",", "when", "go", "print", "out=two", "err=three", ",", "exit", "7")
	ctx, drop := context.WithCancel(f.ctx)
	ended := b.background(ctx, t, start)
	drop()
	first := <-ended
	if !errors.Is(first.err, context.Canceled) {
		t.Errorf("Run ended with %v, want that of its context", first.err)
	}
	if err := b.Agent.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}

	again := f.recover(t, f.life(t, daemon), b.ID)
	if was, is := b.Agent.Hello().Incarnation, again.Agent.Hello().Incarnation; was != is {
		t.Fatalf("its incarnation was %s and is %s", was, is)
	}
	again.write(t, agent.File{Path: "go", Mode: 0o644})
	start.StdoutOffset = uint64(len(first.stdout))
	got := again.run(t, start)
	checkExit(t, got, 7)
	if !got.started.GetJoined() {
		t.Error("the process was started once more")
	}
	if all := string(first.stdout) + string(got.stdout); all != "onetwo" || string(got.stderr) != "three" {
		t.Errorf("it printed %q and %q in all, want onetwo and three", all, got.stderr)
	}
}

func recoverAfterTheEndOfAProcess(t *testing.T, f *fixture) {
	b := f.create(t)
	start := b.start("all", "when", "go", "print", "out=text", ",", "exit", "7")
	ctx, drop := context.WithCancel(f.ctx)
	ended := b.background(ctx, t, start)
	drop()
	<-ended
	b.write(t, agent.File{Path: "go", Mode: 0o644})
	_ = b.Agent.Close()

	got := f.recover(t, f.life(t, daemon), b.ID).run(t, start)
	checkExit(t, got, 7)
	checkOutput(t, got, "text", "")
}

func recoverWhatIsNotThere(t *testing.T, f *fixture) {
	f.checkGone(t, f.driver, f.newID())
	b := f.create(t)
	f.destroy(t, f.driver, b.ID)
	f.checkGone(t, f.driver, b.ID)
}

func recoverAfterTheAgentsDeath(t *testing.T, f *fixture) {
	b := f.create(t)
	ended := b.background(f.ctx, t, b.start("hold", "file"))
	f.Kill(t, b.ID)
	f.checkGone(t, f.driver, b.ID)
	if got := <-ended; !errors.Is(got.err, agent.ErrGone) {
		t.Errorf("Run ended with %v, %v; want agent.ErrGone", got.Exited, got.err)
	}
	f.checkList(t, f.driver, b.ID) // until it is destroyed
}

func recoverNothingOfAnotherDaemon(t *testing.T, f *fixture) {
	other := f.life(t, stranger)
	foreign := f.createBy(t, other, f.newID())
	f.checkGone(t, f.driver, foreign.ID)
	f.destroy(t, other, foreign.ID)
}

func closeLeavesSandboxesAsTheyAre(t *testing.T, f *fixture) {
	first := f.Driver(t, daemon)
	b := f.createBy(t, first, f.newID())
	b.command(t, "daemonize", "hold", "file")
	b.command(t, "await", "file")
	_ = b.Agent.Close()
	if err := first.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	f.checkList(t, f.driver, b.ID)
	if again := f.recover(t, f.driver, b.ID); !again.isHeld(t, "file") {
		t.Error("a background process has ended with the driver")
	}
}

func destroyFromTheNextLife(t *testing.T, f *fixture) {
	b := f.create(t)
	b.background(f.ctx, t, b.start("ignore-term", "tree", "d"))
	f.destroy(t, f.life(t, daemon), b.ID)
	f.checkList(t, f.driver)
}

// checkGone checks that a sandbox cannot be recovered, for good.
func (f *fixture) checkGone(t *testing.T, driver runners.Driver, id string) {
	t.Helper()
	sandbox, err := driver.Recover(f.ctx, id)
	if err == nil {
		_ = sandbox.Agent.Close()
	}
	if !errors.Is(err, runners.ErrGone) {
		t.Errorf("Recover: %v, want ErrGone", err)
	}
}
