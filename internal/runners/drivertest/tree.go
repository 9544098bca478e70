package drivertest

import (
	"slices"
	"testing"
	"time"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

func treeCases() map[string]func(*testing.T, *fixture) {
	return map[string]func(*testing.T, *fixture){
		"TerminateEndsTheWholeTree":          terminateEndsTheWholeTree,
		"TerminateKillsWhatIgnoresIt":        terminateKillsWhatIgnoresIt,
		"TerminateEndsWhatAProcessLeft":      terminateEndsWhatAProcessLeft,
		"TerminateLeavesOtherProcessesAlone": terminateLeavesOtherProcessesAlone,
		"ShutdownEndsEverything":             shutdownEndsEverything,
	}
}

// treeFiles are what the program's command "tree d" holds, each by another kind of descendant.
var treeFiles = []string{"d/own", "d/child", "d/session", "d/daemon"}

// checkReleased checks that no process of a tree is alive.
func (b *box) checkReleased(t *testing.T) {
	t.Helper()
	if i := slices.IndexFunc(treeFiles, func(name string) bool { return b.isHeld(t, name) }); i >= 0 {
		t.Errorf("the process that holds %s is still alive", treeFiles[i])
	}
}

func terminateEndsTheWholeTree(t *testing.T, f *fixture) {
	b := f.create(t)
	start := b.start("tree", "d")
	ended := b.background(f.ctx, t, start)
	for _, name := range treeFiles {
		b.command(t, "await", name)
	}
	if err := b.Agent.Terminate(f.ctx, start.GetProcessId(), limit); err != nil {
		t.Fatalf("Terminate: %v", err)
	}
	b.checkReleased(t)
	got := <-ended
	if got.err != nil || !got.GetTerminated() || got.ExitCode != nil || got.GetSignal() != 15 {
		t.Errorf("it ended as %v, %v; want terminated by signal 15", got.Exited, got.err)
	}
}

func terminateKillsWhatIgnoresIt(t *testing.T, f *fixture) {
	b := f.create(t)
	start := b.start("ignore-term", "tree", "d")
	ended := b.background(f.ctx, t, start)
	for _, name := range treeFiles {
		b.command(t, "await", name)
	}
	if err := b.Agent.Terminate(f.ctx, start.GetProcessId(), 200*time.Millisecond); err != nil {
		t.Fatalf("Terminate: %v", err)
	}
	b.checkReleased(t)
	if got := <-ended; got.err != nil || !got.GetTerminated() || got.GetSignal() != 9 {
		t.Errorf("it ended as %v, %v; want terminated by signal 9", got.Exited, got.err)
	}
}

// terminateEndsWhatAProcessLeft terminates a process that has ended, but is not forgotten.
func terminateEndsWhatAProcessLeft(t *testing.T, f *fixture) {
	b := f.create(t)
	start := b.start("daemonize", "hold", "file")
	exit, err := b.Agent.Run(f.ctx, start, &sink{next: make(map[agentv1.Stream]uint64)})
	if err != nil || exit.GetExitCode() != 0 {
		t.Fatalf("Run: %v, %v", exit, err)
	}
	defer exit.Forget()
	b.command(t, "await", "file")
	if err := b.Agent.Terminate(f.ctx, start.GetProcessId(), 0); err != nil {
		t.Fatalf("Terminate: %v", err)
	}
	if b.isHeld(t, "file") {
		t.Error("what it left is still alive")
	}
}

func terminateLeavesOtherProcessesAlone(t *testing.T, f *fixture) {
	b := f.create(t)
	first := b.start("hold", "first")
	ended := b.background(f.ctx, t, first)
	b.background(f.ctx, t, b.start("hold", "second"))
	b.command(t, "await", "first")
	b.command(t, "await", "second")
	if err := b.Agent.Terminate(f.ctx, first.GetProcessId(), 0); err != nil {
		t.Fatalf("Terminate: %v", err)
	}
	<-ended
	if b.isHeld(t, "first") || !b.isHeld(t, "second") {
		t.Error("want the first process ended and the second alive")
	}
}

func shutdownEndsEverything(t *testing.T, f *fixture) {
	b := f.create(t)
	b.command(t, "daemonize", "hold", "daemon")
	b.background(f.ctx, t, b.start("hold", "own"))
	b.command(t, "await", "daemon")
	b.command(t, "await", "own")
	report, err := b.Agent.Shutdown(f.ctx, 0)
	if err != nil {
		t.Fatalf("Shutdown: %v", err)
	}
	if report.Killed < 2 {
		t.Errorf("it killed %d processes, want 2", report.Killed)
	}
	f.checkGone(t, f.driver, b.ID)
}
