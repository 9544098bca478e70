package drivertest

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"slices"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/clockworkd/clockwork/internal/agent"
	"github.com/clockworkd/clockwork/internal/runners"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// programPath is where the test program lies in the workspace.
const programPath = ".drivertest/program"

// box is a sandbox as a case uses it.
type box struct {
	*runners.Sandbox
	f *fixture
}

// start describes a process that runs the test program.
func (b *box) start(args ...string) *agentv1.Start {
	return &agentv1.Start{
		ProcessId: fmt.Sprintf("p%d", b.f.processes.Add(1)),
		Argv:      append([]string{path.Join(b.Agent.Hello().Workspace, programPath)}, args...),
	}
}

// result is what came of a process.
type result struct {
	*agentv1.Exited
	started *agentv1.Started
	stdout  []byte
	stderr  []byte
}

// run runs a process to its end.
func (b *box) run(start *agentv1.Start) result {
	b.f.Helper()
	got, err := b.try(b.f.ctx, start, nil)
	if err != nil {
		b.f.Fatalf("Run %v: %v", start.GetArgv()[1:], err)
	}
	return got
}

// try runs a process until it ends, the context does, or something fails. started is closed when the process exists.
func (b *box) try(ctx context.Context, start *agentv1.Start, started chan<- *agentv1.Started) (result, error) {
	s := &sink{running: started, next: map[agentv1.Stream]uint64{
		agentv1.Stream_STREAM_STDOUT: start.GetStdoutOffset(), agentv1.Stream_STREAM_STDERR: start.GetStderrOffset(),
	}}
	exit, err := b.Agent.Run(ctx, start, s)
	if err != nil {
		return s.result, err
	}
	exit.Forget()
	s.Exited = exit.Exited
	return s.result, nil
}

// background runs a process, and returns when it exists. What comes of it can be received once.
func (b *box) background(ctx context.Context, start *agentv1.Start) (ended <-chan outcome) {
	b.f.Helper()
	started, end := make(chan *agentv1.Started, 1), make(chan outcome, 1)
	go func() { // it ends with the case's context at the latest
		got, err := b.try(ctx, start, started)
		end <- outcome{got, err}
	}()
	select {
	case <-started:
	case got := <-end:
		b.f.Fatalf("Run %v ended before the process existed: %v, %v", start.GetArgv()[1:], got.result, got.err)
	}
	return end
}

// outcome is what came of a process that was run in the background.
type outcome struct {
	result
	err error
}

// command runs a command of the test program, which must succeed, and returns its standard output.
func (b *box) command(args ...string) string {
	b.f.Helper()
	got := b.run(b.start(args...))
	if got.ExitCode == nil || got.GetExitCode() != 0 {
		b.f.Fatalf("%v: exited with %v, stderr %q", args, got.Exited, got.stderr)
	}
	return string(got.stdout)
}

// isHeld tells whether some process holds a file.
func (b *box) isHeld(name string) bool {
	b.f.Helper()
	got := b.run(b.start("held", name))
	if got.ExitCode == nil || got.GetExitCode() > 1 {
		b.f.Fatalf("held %s: exited with %v, stderr %q", name, got.Exited, got.stderr)
	}
	return got.GetExitCode() == 0
}

// write writes files into the workspace.
func (b *box) write(files ...agent.File) {
	b.f.Helper()
	if err := b.Agent.WriteFiles(b.f.ctx, slices.Values(files)); err != nil {
		b.f.Fatalf("WriteFiles: %v", err)
	}
}

// sink collects what a process prints, and checks that it comes without gap or overlap.
type sink struct {
	result
	running chan<- *agentv1.Started
	next    map[agentv1.Stream]uint64
}

// Started keeps what the agent says.
func (s *sink) Started(started *agentv1.Started) error {
	if s.started == nil && s.running != nil {
		s.running <- started
	}
	s.started = started
	return nil
}

// Output keeps what was printed.
func (s *sink) Output(output *agentv1.Output) error {
	stream := output.GetStream()
	if want := s.next[stream]; output.GetOffset() != want {
		return fmt.Errorf("%v came at offset %d, want %d", stream, output.GetOffset(), want)
	}
	s.next[stream] += uint64(len(output.GetData()))
	if stream == agentv1.Stream_STREAM_STDOUT {
		s.stdout = append(s.stdout, output.GetData()...)
	} else {
		s.stderr = append(s.stderr, output.GetData()...)
	}
	return nil
}

// checkExit checks that a process exited with a code.
func (f *fixture) checkExit(got result, code int32) {
	f.Helper()
	if got.ExitCode == nil || got.GetExitCode() != code || got.GetSignal() != 0 || got.GetStartError() != "" {
		f.Errorf("it ended as %v, want exit code %d; stderr %q", got.Exited, code, got.stderr)
	}
}

// checkOutput checks what a process printed, and that its exit record agrees.
func (f *fixture) checkOutput(got result, stdout, stderr string) {
	f.Helper()
	for _, stream := range []struct {
		name  string
		got   []byte
		want  string
		bytes uint64
	}{{"stdout", got.stdout, stdout, got.GetStdoutBytes()}, {"stderr", got.stderr, stderr, got.GetStderrBytes()}} {
		if !bytes.Equal(stream.got, []byte(stream.want)) {
			f.Errorf("%s is %q, want %q", stream.name, stream.got, stream.want)
		}
		if stream.bytes != uint64(len(stream.want)) {
			f.Errorf("the exit record says %d bytes of %s, want %d", stream.bytes, stream.name, len(stream.want))
		}
	}
}

// within sets the timeout of a process.
func within(start *agentv1.Start, timeout, grace time.Duration) *agentv1.Start {
	start.Timeout, start.Grace = durationpb.New(timeout), durationpb.New(grace)
	return start
}
