package drivertest

import (
	"context"
	"errors"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/runners"
)

func recoverCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
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
func recoverDisturbsNothing(f *fixture) {
	b := f.create()
	start := b.start("all", "print", "out=one", ",", "when", "go", "print", "out=two", "err=three", ",", "exit", "7")
	ctx, drop := context.WithCancel(f.ctx)
	ended := b.background(ctx, start)
	drop()
	first := <-ended
	if !errors.Is(first.err, context.Canceled) {
		f.Errorf("Run ended with %v, want that of its context", first.err)
	}
	if err := b.Agent.Close(); err != nil {
		f.Errorf("Close: %v", err)
	}

	again := f.recover(f.life(daemon), b.ID)
	if was, is := b.Agent.Hello().Incarnation, again.Agent.Hello().Incarnation; was != is {
		f.Fatalf("its incarnation was %s and is %s", was, is)
	}
	again.write(agent.File{Path: "go", Mode: 0o644})
	start.StdoutOffset = uint64(len(first.stdout))
	got := again.run(start)
	f.checkExit(got, 7)
	if !got.started.GetJoined() {
		f.Error("the process was started once more")
	}
	if all := string(first.stdout) + string(got.stdout); all != "onetwo" || string(got.stderr) != "three" {
		f.Errorf("it printed %q and %q in all, want onetwo and three", all, got.stderr)
	}
}

func recoverAfterTheEndOfAProcess(f *fixture) {
	b := f.create()
	start := b.start("all", "when", "go", "print", "out=text", ",", "exit", "7")
	ctx, drop := context.WithCancel(f.ctx)
	ended := b.background(ctx, start)
	drop()
	<-ended
	b.write(agent.File{Path: "go", Mode: 0o644})
	_ = b.Agent.Close()

	got := f.recover(f.life(daemon), b.ID).run(start)
	f.checkExit(got, 7)
	f.checkOutput(got, "text", "")
}

func recoverWhatIsNotThere(f *fixture) {
	f.checkGone(f.driver, f.newID())
	b := f.create()
	f.destroy(f.driver, b.ID)
	f.checkGone(f.driver, b.ID)
}

func recoverAfterTheAgentsDeath(f *fixture) {
	b := f.create()
	ended := b.background(f.ctx, b.start("hold", "file"))
	f.Kill(f.T, b.ID)
	f.checkGone(f.driver, b.ID)
	if got := <-ended; !errors.Is(got.err, agent.ErrGone) {
		f.Errorf("Run ended with %v, %v; want agent.ErrGone", got.Exited, got.err)
	}
	f.checkList(f.driver, b.ID) // until it is destroyed
}

func recoverNothingOfAnotherDaemon(f *fixture) {
	other := f.life(stranger)
	foreign := f.createBy(other, f.newID())
	f.checkGone(f.driver, foreign.ID)
	f.destroy(other, foreign.ID)
}

func closeLeavesSandboxesAsTheyAre(f *fixture) {
	first := f.Driver(f.T, daemon)
	b := f.createBy(first, f.newID())
	b.command("daemonize", "hold", "file")
	b.command("await", "file")
	_ = b.Agent.Close()
	if err := first.Close(); err != nil {
		f.Errorf("Close: %v", err)
	}
	f.checkList(f.driver, b.ID)
	if again := f.recover(f.driver, b.ID); !again.isHeld("file") {
		f.Error("a background process has ended with the driver")
	}
}

func destroyFromTheNextLife(f *fixture) {
	b := f.create()
	b.background(f.ctx, b.start("ignore-term", "tree", "d"))
	f.destroy(f.life(daemon), b.ID)
	f.checkList(f.driver)
}

// checkGone checks that a sandbox cannot be recovered, for good.
func (f *fixture) checkGone(driver runners.Driver, id string) {
	f.Helper()
	sandbox, err := driver.Recover(f.ctx, id)
	if err == nil {
		_ = sandbox.Agent.Close()
	}
	if !errors.Is(err, runners.ErrGone) {
		f.Errorf("Recover: %v, want ErrGone", err)
	}
}
