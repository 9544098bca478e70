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
	"time"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/runners/drivertest/program"
)

func processCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
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

func exitCodes(f *fixture) {
	b := f.create()
	for _, code := range []int32{0, 1, 7, 127, 255} {
		f.checkExit(b.run(b.start("exit", fmt.Sprint(code))), code)
	}
}

func outputsAreKeptApart(f *fixture) {
	b := f.create()
	got := b.run(b.start("print", "out=a\n", "err=b\n", "out=c", "err=d"))
	f.checkExit(got, 0)
	f.checkOutput(got, "a\nc", "b\nd")
}

func outputIsBinary(f *fixture) {
	b := f.create()
	content := make([]byte, 0, 512)
	for i := range 512 {
		content = append(content, byte(i))
	}
	b.write(agent.File{Path: "binary", Mode: 0o644, Content: content})
	f.checkOutput(b.run(b.start("cat", "binary")), string(content), "")
}

func muchOutput(f *fixture) {
	b := f.create()
	const size = 8<<20 + 3
	got := b.run(b.start("big", fmt.Sprint(size)))
	f.checkExit(got, 0)
	f.checkPattern(got.stdout, size)
}

// checkPattern checks what the program's command big printed.
func (f *fixture) checkPattern(got []byte, size int64) {
	f.Helper()
	want, err := io.ReadAll(io.LimitReader(program.Pattern(), size))
	if err != nil {
		f.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		f.Errorf("%d bytes came, want %d, or other ones", len(got), size)
	}
}

// environmentIsExact checks that a process has the base environment, its own, and nothing of anybody else's.
func environmentIsExact(f *fixture) {
	b := f.create()
	start := b.start("env")
	start.Env = map[string]string{"EMPTY": "", "TEXT": "a b=c", "LANG": "mine"}
	want := maps.Clone(b.Agent.Hello().BaseEnv)
	maps.Copy(want, start.GetEnv())
	var lines strings.Builder
	for _, name := range slices.Sorted(maps.Keys(want)) {
		fmt.Fprintf(&lines, "%s=%s\n", name, want[name])
	}
	f.checkOutput(b.run(start), lines.String(), "")
}

func workingDirectory(f *fixture) {
	b := f.create()
	workspace := b.Agent.Hello().Workspace
	if got := b.command("pwd"); got != workspace {
		f.Errorf("it runs in %s, want the workspace %s", got, workspace)
	}
	b.command("write", "sub/dir/file", "text")
	start := b.start("pwd")
	start.Cwd = "sub/dir"
	got := b.run(start)
	f.checkOutput(got, path.Join(workspace, "sub/dir"), "")
	if dir := got.started.GetCwd(); dir != path.Join(workspace, "sub/dir") {
		f.Errorf("the agent says that it runs in %s", dir)
	}
}

func programThatIsNotThere(f *fixture) {
	b := f.create()
	start := b.start()
	start.Argv = []string{"there-is-no-such-program"}
	got := b.run(start)
	if got.GetStartError() == "" || got.ExitCode != nil {
		f.Errorf("it ended as %v, want an error and no exit code", got.Exited)
	}
}

func processesAtOnce(f *fixture) {
	b := f.create()
	const count = 16
	var all sync.WaitGroup
	for i := range count {
		start := b.start("all", "print", fmt.Sprintf("out=%d", i), ",", "when", "go", "exit", fmt.Sprint(i))
		all.Go(func() {
			got, err := b.try(f.ctx, start, nil)
			if err != nil {
				f.Errorf("Run: %v", err)
				return
			}
			f.checkExit(got, int32(i))
			f.checkOutput(got, fmt.Sprint(i), "")
		})
	}
	b.write(agent.File{Path: "go", Mode: 0o644})
	all.Wait()
}

func timeoutIsTheAgents(f *fixture) {
	b := f.create()
	got := b.run(within(b.start("hold", "file"), 100*time.Millisecond, limit))
	if !got.GetTimedOut() || got.ExitCode != nil || got.GetSignal() == 0 {
		f.Errorf("it ended as %v, want a signal after a timeout", got.Exited)
	}
	if b.isHeld("file") {
		f.Error("it is still alive")
	}
}

func timeoutWithoutAConnection(f *fixture) {
	b := f.create()
	start := within(b.start("ignore-term", "hold", "file"), 200*time.Millisecond, 100*time.Millisecond)
	ctx, drop := context.WithCancel(f.ctx)
	ended := b.background(ctx, start)
	drop()
	<-ended
	_ = b.Agent.Close()
	again := f.recover(f.life(daemon), b.ID)
	if got := again.run(start); !got.GetTimedOut() {
		f.Errorf("it ended as %v, want a timeout", got.Exited)
	}
}

func cancelledRunLeavesProcess(f *fixture) {
	b := f.create()
	start := b.start("all", "when", "go", "print", "out=text")
	ctx, cancel := context.WithCancel(f.ctx)
	ended := b.background(ctx, start)
	cancel()
	<-ended
	b.write(agent.File{Path: "go", Mode: 0o644})
	got := b.run(start)
	f.checkExit(got, 0)
	f.checkOutput(got, "text", "")
}

func lookPathFindsWhatCanBeRun(f *fixture) {
	b := f.create()
	found, err := b.Agent.LookPath(f.ctx, []string{"program", "there-is-no-such-program"},
		map[string]string{"PATH": path.Join(b.Agent.Hello().Workspace, path.Dir(programPath))})
	if err != nil {
		f.Fatalf("LookPath: %v", err)
	}
	if len(found) != 1 || path.Base(found["program"]) != "program" || !path.IsAbs(found["program"]) {
		f.Errorf("LookPath = %v, want the path of program alone", found)
	}
}

func processesAreListed(f *fixture) {
	b := f.create()
	start := b.start("hold", "file")
	b.background(f.ctx, start)
	all, err := b.Agent.Processes(f.ctx)
	if err != nil {
		f.Fatalf("Processes: %v", err)
	}
	if len(all) != 1 || all[0].GetProcessId() != start.GetProcessId() || all[0].GetExited() {
		f.Errorf("Processes = %v, want one that runs: %s", all, start.GetProcessId())
	}
}

// aBackgroundProcessOutlives checks that a step does not wait for what it leaves behind, and that later ones find it.
func aBackgroundProcessOutlives(f *fixture) {
	b := f.create()
	b.command("background", "hold", "file")
	b.command("await", "file")
	if !b.isHeld("file") {
		f.Error("it has ended with the step that started it")
	}
}
