package drivertest

import (
	"errors"
	"slices"
	"time"

	"github.com/clockworkd/clockwork/internal/runners"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

func treeCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"TerminateEndsTheWholeTree":          terminateEndsTheWholeTree,
		"TerminateKillsWhatIgnoresIt":        terminateKillsWhatIgnoresIt,
		"TerminateEndsWhatAProcessLeft":      terminateEndsWhatAProcessLeft,
		"TerminateLeavesOtherProcessesAlone": terminateLeavesOtherProcessesAlone,
		"TerminateEndsWhatStandsStill":       terminateEndsWhatStandsStill,
		"TerminateEndsWhatForksMeanwhile":    terminateEndsWhatForksMeanwhile,
		"ShutdownEndsEverything":             shutdownEndsEverything,
		"ShutdownEndsWhatForksMeanwhile":     shutdownEndsWhatForksMeanwhile,
	}
}

// treeFiles are what the program's command "tree d" holds, each by another kind of descendant.
var treeFiles = []string{"d/own", "d/child", "d/session", "d/daemon"}

// checkReleased checks that no process of a tree is alive.
func (b *box) checkReleased() {
	b.f.Helper()
	if i := slices.IndexFunc(treeFiles, func(name string) bool { return b.isHeld(name) }); i >= 0 {
		b.f.Errorf("the process that holds %s is still alive", treeFiles[i])
	}
}

func terminateEndsTheWholeTree(f *fixture) {
	b := f.create()
	start := b.start("tree", "d")
	ended := b.background(f.ctx, start)
	for _, name := range treeFiles {
		b.command("await", name)
	}
	if err := b.Agent.Terminate(f.ctx, start.GetProcessId(), limit); err != nil {
		f.Fatalf("Terminate: %v", err)
	}
	b.checkReleased()
	got := <-ended
	if got.err != nil || !got.GetTerminated() || got.ExitCode != nil || got.GetSignal() != 15 {
		f.Errorf("it ended as %v, %v; want terminated by signal 15", got.Exited, got.err)
	}
}

func terminateKillsWhatIgnoresIt(f *fixture) {
	b := f.create()
	start := b.start("ignore-term", "tree", "d")
	ended := b.background(f.ctx, start)
	for _, name := range treeFiles {
		b.command("await", name)
	}
	if err := b.Agent.Terminate(f.ctx, start.GetProcessId(), 200*time.Millisecond); err != nil {
		f.Fatalf("Terminate: %v", err)
	}
	b.checkReleased()
	if got := <-ended; got.err != nil || !got.GetTerminated() || got.GetSignal() != 9 {
		f.Errorf("it ended as %v, %v; want terminated by signal 9", got.Exited, got.err)
	}
}

// terminateEndsWhatAProcessLeft terminates a process that has ended, but is not forgotten.
func terminateEndsWhatAProcessLeft(f *fixture) {
	b := f.create()
	start := b.start("daemonize", "hold", "file")
	exit, err := b.Agent.Run(f.ctx, start, &sink{next: make(map[agentv1.Stream]uint64)})
	if err != nil || exit.GetExitCode() != 0 {
		f.Fatalf("Run: %v, %v", exit, err)
	}
	defer exit.Forget()
	b.command("await", "file")
	if err := b.Agent.Terminate(f.ctx, start.GetProcessId(), 0); err != nil {
		f.Fatalf("Terminate: %v", err)
	}
	if b.isHeld("file") {
		f.Error("what it left is still alive")
	}
}

// terminateEndsWhatStandsStill terminates processes that a signal does not reach before they are continued.
func terminateEndsWhatStandsStill(f *fixture) {
	b := f.create()
	start := b.start("all", "detach", "stop", "child", ",", "stop", "own")
	ended := b.background(f.ctx, start)
	b.command("await", "child")
	b.command("await", "own")
	if err := b.Agent.Terminate(f.ctx, start.GetProcessId(), limit); err != nil {
		f.Fatalf("Terminate: %v", err)
	}
	if got := <-ended; got.err != nil || !got.GetTerminated() || got.GetSignal() != 15 {
		f.Errorf("it ended as %v, %v; want terminated by signal 15", got.Exited, got.err)
	}
	b.checkNothingElse()
}

// relays starts processes that pass themselves on to children of their own, again and again, and ignore SIGTERM.
func (b *box) relays() *agentv1.Start {
	return b.start("ignore-term", "all", "detach", "relay", ",", "detach", "relay", ",", "background", "relay", ",", "hold", "file")
}

func terminateEndsWhatForksMeanwhile(f *fixture) {
	b := f.create()
	start := b.relays()
	ended := b.background(f.ctx, start)
	b.command("await", "file")
	if err := b.Agent.Terminate(f.ctx, start.GetProcessId(), 100*time.Millisecond); err != nil {
		f.Fatalf("Terminate: %v", err)
	}
	if got := <-ended; got.err != nil || !got.GetTerminated() || got.GetSignal() != 9 {
		f.Errorf("it ended as %v, %v; want terminated by signal 9", got.Exited, got.err)
	}
	b.checkNothingElse()
}

func shutdownEndsWhatForksMeanwhile(f *fixture) {
	b := f.create()
	b.background(f.ctx, b.relays())
	b.command("await", "file")
	f.destroy(f.driver, b.ID)
	if left := f.Leftovers(f.T); len(left) > 0 {
		f.Errorf("left behind: %q", left)
	}
}

// checkNothingElse checks that nothing runs beside the agent, by shutting that down.
func (b *box) checkNothingElse() {
	b.f.Helper()
	report, err := b.Agent.Shutdown(b.f.ctx, 0)
	if err != nil {
		b.f.Fatalf("Shutdown: %v", err)
	}
	if report.Killed > 0 {
		b.f.Errorf("%d processes were still alive", report.Killed)
	}
}

func terminateLeavesOtherProcessesAlone(f *fixture) {
	b := f.create()
	first := b.start("hold", "first")
	ended := b.background(f.ctx, first)
	b.background(f.ctx, b.start("hold", "second"))
	b.command("await", "first")
	b.command("await", "second")
	if err := b.Agent.Terminate(f.ctx, first.GetProcessId(), 0); err != nil {
		f.Fatalf("Terminate: %v", err)
	}
	<-ended
	if b.isHeld("first") || !b.isHeld("second") {
		f.Error("want the first process ended and the second alive")
	}
}

func shutdownEndsEverything(f *fixture) {
	b := f.create()
	b.command("daemonize", "hold", "daemon")
	b.background(f.ctx, b.start("hold", "own"))
	b.command("await", "daemon")
	b.command("await", "own")
	report, err := b.Agent.Shutdown(f.ctx, 0)
	if err != nil {
		f.Fatalf("Shutdown: %v", err)
	}
	if report.Killed < 2 {
		f.Errorf("it killed %d processes, want 2", report.Killed)
	}
	f.awaitGone(b.ID)
}

// awaitGone waits for an agent that has answered its last call to end.
func (f *fixture) awaitGone(id string) {
	f.Helper()
	for {
		sandbox, err := f.driver.Recover(f.ctx, id)
		if errors.Is(err, runners.ErrGone) {
			return
		}
		if f.ctx.Err() != nil {
			f.Fatalf("Recover: %v, want ErrGone", err)
		}
		if err == nil {
			_ = sandbox.Agent.Close()
		}
	}
}
