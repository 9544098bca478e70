package drivertest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/runners/drivertest/program"
)

func processCases() map[string]func(*testing.T, *fixture) {
	return map[string]func(*testing.T, *fixture){
		"ExitCodes":                  exitCodes,
		"OutputsAreKeptApart":        outputsAreKeptApart,
		"OutputIsBinary":             outputIsBinary,
		"MuchOutput":                 muchOutput,
		"EnvironmentIsExact":         environmentIsExact,
		"WorkingDirectory":           workingDirectory,
		"ProgramThatIsNotThere":      programThatIsNotThere,
		"ProcessesAtOnce":            processesAtOnce,
		"TimeoutIsTheAgents":         timeoutIsTheAgents,
		"TimeoutWithoutAConnection":  timeoutWithoutAConnection,
		"CancelledRunLeavesProcess":  cancelledRunLeavesProcess,
		"LookPathFindsWhatCanBeRun":  lookPathFindsWhatCanBeRun,
		"ProcessesAreListed":         processesAreListed,
		"ABackgroundProcessOutlives": aBackgroundProcessOutlives,
	}
}

func exitCodes(t *testing.T, f *fixture) {
	b := f.create(t)
	for _, code := range []int32{0, 1, 7, 127, 255} {
		checkExit(t, b.run(t, b.start("exit", fmt.Sprint(code))), code)
	}
}

func outputsAreKeptApart(t *testing.T, f *fixture) {
	b := f.create(t)
	got := b.run(t, b.start("print", "out=a\n", "err=b\n", "out=c", "err=d"))
	checkExit(t, got, 0)
	checkOutput(t, got, "a\nc", "b\nd")
}

func outputIsBinary(t *testing.T, f *fixture) {
	b := f.create(t)
	content := make([]byte, 0, 512)
	for i := range 512 {
		content = append(content, byte(i))
	}
	b.write(t, agent.File{Path: "binary", Mode: 0o644, Content: content})
	checkOutput(t, b.run(t, b.start("cat", "binary")), string(content), "")
}

func muchOutput(t *testing.T, f *fixture) {
	b := f.create(t)
	const size = 8<<20 + 3
	got := b.run(t, b.start("big", fmt.Sprint(size)))
	checkExit(t, got, 0)
	checkPattern(t, got.stdout, size)
}

// checkPattern checks what the program's command big printed.
func checkPattern(t *testing.T, got []byte, size int64) {
	t.Helper()
	want, err := io.ReadAll(io.LimitReader(program.Pattern(), size))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%d bytes came, want %d, or other ones", len(got), size)
	}
}

// environmentIsExact checks that a process has the base environment, its own, and nothing of anybody else's.
func environmentIsExact(t *testing.T, f *fixture) {
	b := f.create(t)
	start := b.start("env")
	start.Env = map[string]string{"EMPTY": "", "TEXT": "a b=c", "LANG": "mine"}
	want := maps.Clone(b.Agent.Hello().BaseEnv)
	maps.Copy(want, start.GetEnv())
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(want)) {
		fmt.Fprintf(&lines, "%s=%s\n", name, want[name])
	}
	checkOutput(t, b.run(t, start), lines.String(), "")
}

func workingDirectory(t *testing.T, f *fixture) {
	b := f.create(t)
	workspace := b.Agent.Hello().Workspace
	if got := b.command(t, "pwd"); got != workspace {
		t.Errorf("it runs in %s, want the workspace %s", got, workspace)
	}
	b.command(t, "write", "sub/dir/file", "text")
	start := b.start("pwd")
	start.Cwd = "sub/dir"
	got := b.run(t, start)
	checkOutput(t, got, path.Join(workspace, "sub/dir"), "")
	if dir := got.started.GetCwd(); dir != path.Join(workspace, "sub/dir") {
		t.Errorf("the agent says that it runs in %s", dir)
	}
}

func programThatIsNotThere(t *testing.T, f *fixture) {
	b := f.create(t)
	start := b.start()
	start.Argv = []string{"there-is-no-such-program"}
	got := b.run(t, start)
	if got.GetStartError() == "" || got.ExitCode != nil {
		t.Errorf("it ended as %v, want an error and no exit code", got.Exited)
	}
}

func processesAtOnce(t *testing.T, f *fixture) {
	b := f.create(t)
	const count = 16
	var all sync.WaitGroup
	for i := range count {
		start := b.start("all", "print", fmt.Sprintf("out=%d", i), ",", "when", "go", "exit", fmt.Sprint(i))
		all.Go(func() {
			got, err := b.try(f.ctx, start, nil)
			if err != nil {
				t.Errorf("Run: %v", err)
				return
			}
			checkExit(t, got, int32(i))
			checkOutput(t, got, fmt.Sprint(i), "")
		})
	}
	b.write(t, agent.File{Path: "go", Mode: 0o644})
	all.Wait()
}

func timeoutIsTheAgents(t *testing.T, f *fixture) {
	b := f.create(t)
	got := b.run(t, within(b.start("hold", "file"), 100*time.Millisecond, limit))
	if !got.GetTimedOut() || got.ExitCode != nil || got.GetSignal() == 0 {
		t.Errorf("it ended as %v, want a signal after a timeout", got.Exited)
	}
	if b.isHeld(t, "file") {
		t.Error("it is still alive")
	}
}

func timeoutWithoutAConnection(t *testing.T, f *fixture) {
	b := f.create(t)
	start := within(b.start("ignore-term", "hold", "file"), 200*time.Millisecond, 100*time.Millisecond)
	ctx, drop := context.WithCancel(f.ctx)
	ended := b.background(ctx, t, start)
	drop()
	<-ended
	_ = b.Agent.Close()
	again := f.recover(t, f.life(t, daemon), b.ID)
	if got := again.run(t, start); !got.GetTimedOut() {
		t.Errorf("it ended as %v, want a timeout", got.Exited)
	}
}

func cancelledRunLeavesProcess(t *testing.T, f *fixture) {
	b := f.create(t)
	start := b.start("all", "when", "go", "print", "out=text")
	ctx, cancel := context.WithCancel(f.ctx)
	ended := b.background(ctx, t, start)
	cancel()
	<-ended
	b.write(t, agent.File{Path: "go", Mode: 0o644})
	got := b.run(t, start)
	checkExit(t, got, 0)
	checkOutput(t, got, "text", "")
}

func lookPathFindsWhatCanBeRun(t *testing.T, f *fixture) {
	b := f.create(t)
	found, err := b.Agent.LookPath(f.ctx, []string{"program", "there-is-no-such-program"},
		map[string]string{"PATH": path.Join(b.Agent.Hello().Workspace, path.Dir(programPath))})
	if err != nil {
		t.Fatalf("LookPath: %v", err)
	}
	if len(found) != 1 || path.Base(found["program"]) != "program" || !path.IsAbs(found["program"]) {
		t.Errorf("LookPath = %v, want the path of program alone", found)
	}
}

func processesAreListed(t *testing.T, f *fixture) {
	b := f.create(t)
	start := b.start("hold", "file")
	b.background(f.ctx, t, start)
	all, err := b.Agent.Processes(f.ctx)
	if err != nil {
		t.Fatalf("Processes: %v", err)
	}
	if len(all) != 1 || all[0].GetProcessId() != start.GetProcessId() || all[0].GetExited() {
		t.Errorf("Processes = %v, want one that runs: %s", all, start.GetProcessId())
	}
}

// aBackgroundProcessOutlives checks that a step does not wait for what it leaves behind, and that later ones find it.
func aBackgroundProcessOutlives(t *testing.T, f *fixture) {
	b := f.create(t)
	b.command(t, "background", "hold", "file")
	b.command(t, "await", "file")
	if !b.isHeld(t, "file") {
		t.Error("it has ended with the step that started it")
	}
}
