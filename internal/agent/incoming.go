package agent

import (
	"errors"
	"fmt"
	"io"

	"google.golang.org/grpc"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// ackBytes is how much output is acknowledged at once, which is what a spool relies on. The rest is acknowledged with the exit.
const ackBytes = 16 << 10

// incoming is what one Run call brings. It believes nothing.
type incoming struct {
	run     *run
	stream  grpc.BidiStreamingClient[agentv1.RunRequest, agentv1.RunResponse]
	started bool
	unacked int
}

// take passes one message on. It returns the exit record when that has come.
func (in *incoming) take(response *agentv1.RunResponse) (*agentv1.Exited, error) {
	switch kind := response.GetKind().(type) {
	case *agentv1.RunResponse_Started:
		return nil, in.takeStarted(kind.Started)
	case *agentv1.RunResponse_Output:
		return nil, in.takeOutput(kind.Output)
	case *agentv1.RunResponse_Exited:
		return kind.Exited, in.checkExited(kind.Exited)
	}
	return nil, fmt.Errorf("%w: it sends a message of an unknown kind", ErrProtocol)
}

func (in *incoming) takeStarted(started *agentv1.Started) error {
	if in.started {
		return fmt.Errorf("%w: the process started twice", ErrProtocol)
	}
	in.started = true
	if err := in.run.sink.Started(started); err != nil {
		return sinkError{err}
	}
	return nil
}

func (in *incoming) takeOutput(output *agentv1.Output) error {
	var next *uint64
	switch output.GetStream() {
	case agentv1.Stream_STREAM_STDOUT:
		next = &in.run.stdout
	case agentv1.Stream_STREAM_STDERR:
		next = &in.run.stderr
	default:
	}
	size := len(output.GetData())
	switch {
	case !in.started:
		return fmt.Errorf("%w: there is output before the process started", ErrProtocol)
	case next == nil || size == 0 || size > maxOutput:
		return fmt.Errorf("%w: there are %d bytes of %v at once", ErrProtocol, size, output.GetStream())
	case output.GetOffset() != *next:
		return fmt.Errorf("%w: %v goes on at %d instead of %d", ErrProtocol, output.GetStream(), output.GetOffset(), *next)
	}
	if err := in.run.sink.Output(output); err != nil {
		return sinkError{err}
	}
	*next += uint64(size)
	return in.acknowledge(size)
}

// acknowledge says what the sink has.
func (in *incoming) acknowledge(size int) error {
	in.unacked += size
	if in.unacked < ackBytes {
		return nil
	}
	in.unacked = 0
	// An error of Send is io.EOF, of which Recv knows the reason.
	_ = in.stream.Send(&agentv1.RunRequest{Kind: &agentv1.RunRequest_Ack{Ack: &agentv1.Ack{
		StdoutOffset: in.run.stdout,
		StderrOffset: in.run.stderr,
	}}})
	return nil
}

// checkExited judges an exit record.
func (in *incoming) checkExited(exited *agentv1.Exited) error {
	hasCode, hasSignal, hasError := exited.ExitCode != nil, exited.GetSignal() != 0, exited.GetStartError() != ""
	switch {
	case hasError && (hasCode || hasSignal || in.started), !hasError && (hasCode == hasSignal || !in.started):
		return fmt.Errorf("%w: the exit record contradicts itself", ErrProtocol)
	case exited.GetSignal() < 0 || exited.GetExitCode() < 0 || exited.GetExitCode() > 255:
		return fmt.Errorf("%w: a process cannot exit with code %d, signal %d", ErrProtocol, exited.GetExitCode(), exited.GetSignal())
	case exited.GetDuration().AsDuration() < 0:
		return fmt.Errorf("%w: a process cannot run for %v", ErrProtocol, exited.GetDuration().AsDuration())
	case exited.GetStdoutBytes() != in.run.stdout || exited.GetStderrBytes() != in.run.stderr:
		return fmt.Errorf("%w: the exit record tells of %d and %d bytes, sent were %d and %d", ErrProtocol,
			exited.GetStdoutBytes(), exited.GetStderrBytes(), in.run.stdout, in.run.stderr)
	}
	return nil
}

// ended judges the end of a call that brought no exit record.
func (in *incoming) ended(err error) error {
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: the call ended before the process", ErrProtocol)
	}
	return err
}
