package agent

import (
	"errors"
	"io"
	"sync/atomic"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"

	"github.com/clockworkd/clockwork/internal/agent/process"
)

// errReplaced ends a Run call for whose process there is a newer one.
var errReplaced = status.Error(codes.Aborted, "a newer call took over the process")

// watch is one Run call: it sends what a process does, and receives what is acknowledged.
type watch struct {
	stream  runStream
	process *process.Process
	reader  *process.Reader
	flows   [2]flow

	received chan struct{} // closed when nothing more will be acknowledged
	err      error         // why, if that was wrong; set before
}

// flow is one output on its way.
type flow struct {
	stream agentv1.Stream
	next   atomic.Uint64 // everything before it is sent
}

func newWatch(stream runStream, p *process.Process, reader *process.Reader, start *agentv1.Start) *watch {
	w := &watch{stream: stream, process: p, reader: reader, received: make(chan struct{})}
	w.flows[0].stream = agentv1.Stream_STREAM_STDOUT
	w.flows[0].next.Store(start.GetStdoutOffset())
	w.flows[1].stream = agentv1.Stream_STREAM_STDERR
	w.flows[1].next.Store(start.GetStderrOffset())
	return w
}

// receive takes acknowledgements until there can be no more.
func (w *watch) receive(table *process.Table) {
	defer close(w.received)
	for {
		request, err := w.stream.Recv()
		if err != nil {
			if !errors.Is(err, io.EOF) { // the daemon has nothing more to acknowledge
				w.err = err
			}
			return
		}
		if w.err = w.acknowledge(request.GetAck()); w.err != nil {
			return
		}
		if request.GetAck().GetExit() {
			table.Forget(w.process)
			return
		}
	}
}

// acknowledge forgets output. What was not sent cannot be acknowledged.
func (w *watch) acknowledge(ack *agentv1.Ack) error {
	switch {
	case ack == nil:
		return status.Error(codes.InvalidArgument, "a request after the first one is not ack")
	case ack.GetStdoutOffset() > w.flows[0].next.Load() || ack.GetStderrOffset() > w.flows[1].next.Load():
		return status.Error(codes.InvalidArgument, "output is acknowledged that was not sent")
	case ack.GetExit() && w.process.Exit() == nil:
		return status.Error(codes.InvalidArgument, "an exit is acknowledged that was not sent")
	}
	return refusal(w.process.Ack(ack.GetStdoutOffset(), ack.GetStderrOffset()))
}

// send streams until the exit record is sent and acknowledged, or somebody else takes over, or the agent goes down.
func (w *watch) send(joined bool, down <-chan struct{}) error {
	if started := w.process.Started(joined); started != nil {
		if err := w.stream.Send(&agentv1.RunResponse{Kind: &agentv1.RunResponse_Started{Started: started}}); err != nil {
			return err
		}
	}
	exit := w.process.Exit()
	for exit == nil {
		if err := w.sendOutput(); err != nil {
			return err
		}
		if err := w.await(); err != nil {
			return err
		}
		exit = w.process.Exit()
	}
	if err := w.sendOutput(); err != nil {
		return err
	}
	if err := w.stream.Send(&agentv1.RunResponse{Kind: &agentv1.RunResponse_Exited{Exited: exit}}); err != nil {
		return err
	}
	select {
	case <-w.received:
		return w.err
	case <-w.reader.Replaced():
		return errReplaced
	case <-down:
		return nil
	}
}

// await returns when there may be more to send.
func (w *watch) await() error {
	received := w.received
	for {
		select {
		case <-w.reader.Wake():
			return nil
		case <-received:
			if w.err != nil {
				return w.err
			}
			received = nil
		case <-w.reader.Replaced():
			return errReplaced
		case <-w.stream.Context().Done():
			return status.FromContextError(w.stream.Context().Err()).Err()
		}
	}
}

// sendOutput sends all that is there, in turns.
func (w *watch) sendOutput() error {
	for {
		idle := true
		for i := range w.flows {
			sent, err := w.sendNext(&w.flows[i])
			if err != nil {
				return err
			}
			idle = idle && !sent
		}
		if idle {
			return nil
		}
	}
}

// sendNext sends what lies together in one output.
func (w *watch) sendNext(f *flow) (sent bool, err error) {
	select {
	case <-w.reader.Replaced():
		return false, errReplaced
	default:
	}
	offset := f.next.Load()
	view, err := w.process.Output(f.stream).View(offset)
	if err != nil {
		return false, refusal(err)
	}
	if len(view.Data) == 0 {
		return false, nil
	}
	defer view.Release()
	f.next.Add(uint64(len(view.Data))) // first, for the acknowledgement may be quicker than Send
	return true, w.stream.Send(&agentv1.RunResponse{Kind: &agentv1.RunResponse_Output{
		Output: &agentv1.Output{Stream: f.stream, Offset: offset, Data: view.Data},
	}})
}
