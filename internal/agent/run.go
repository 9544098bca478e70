package agent

import (
	"context"
	"errors"
	"fmt"

	"google.golang.org/protobuf/proto"

	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
)

// Sink takes what a process does. Its methods are called one at a time, from Run's goroutine. An error ends Run, which returns it.
type Sink interface {
	// Started is called when the process exists; after each reconnection again, with joined set. It is not called for a
	// process that could not be started.
	Started(started *agentv1.Started) error
	// Output gets each stream's bytes in order, without gap or overlap, also across reconnections. When it returns nil the bytes
	// are the sink's, and the agent may forget them. The data is valid only until it returns.
	Output(output *agentv1.Output) error
}

// Run starts a process, or joins it if the agent knows its id, and returns when it has ended and all its output has gone to the sink.
// The offsets in start say where the output begins; whoever resumes after a restart gives those that are durable.
//
// Run makes the connection anew as often as it breaks. It never ends the process: when ctx is done it returns, and the process goes on.
// Of two calls for one process the older one ends with codes.Aborted.
func (c *Client) Run(ctx context.Context, start *agentv1.Start, sink Sink) (*Exit, error) {
	r := &run{client: c, start: proto.CloneOf(start), sink: sink}
	r.stdout = start.GetStdoutOffset()
	r.stderr = start.GetStderrOffset()
	exit, err := r.follow(ctx)
	if err != nil {
		return nil, fmt.Errorf("cannot run process %q: %w", start.GetProcessId(), err)
	}
	return exit, nil
}

// run is a process on its way from the agent to a sink.
type run struct {
	client *Client
	start  *agentv1.Start
	sink   Sink
	stdout uint64 // all before it has gone to the sink
	stderr uint64
}

// sinkError is an error of the sink, which is not to be taken for one of the line.
type sinkError struct{ error }

// follow makes calls until one brings the exit record.
func (r *run) follow(ctx context.Context) (*Exit, error) {
	for pause := shortestPause; ; pause = min(2*pause, longestPause) {
		before := r.stdout + r.stderr
		exit, err := r.try(ctx)
		if failed, ok := errors.AsType[sinkError](err); ok {
			return nil, failed.error
		}
		err = r.client.explain(ctx, err)
		if !isBroken(err) {
			return exit, err
		}
		if r.stdout+r.stderr > before {
			pause = shortestPause
		}
		if err := wait(ctx, pause); err != nil {
			return nil, err
		}
	}
}

// try makes one call. The call outlives it, and ctx, if it brings the exit record: there is something to acknowledge.
func (r *run) try(ctx context.Context) (*Exit, error) {
	call, cancel := r.client.bind(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, cancel)
	exit, err := r.receive(call)
	if !stop() || err != nil {
		cancel()
	}
	if err != nil {
		return nil, err
	}
	exit.client, exit.cancel = r.client, cancel
	return exit, nil
}

// receive makes a call and takes what it brings.
func (r *run) receive(ctx context.Context) (*Exit, error) {
	stream, err := r.client.rpc.Run(ctx)
	if err != nil {
		return nil, err
	}
	r.start.StdoutOffset, r.start.StderrOffset = r.stdout, r.stderr
	// An error of Send is io.EOF, of which Recv knows the reason.
	_ = stream.Send(&agentv1.RunRequest{Kind: &agentv1.RunRequest_Start{Start: r.start}})
	in := &incoming{run: r, stream: stream}
	for {
		response, err := stream.Recv()
		if err != nil {
			return nil, in.ended(err)
		}
		exited, err := in.take(response)
		if err != nil {
			return nil, err
		}
		if exited != nil {
			return &Exit{Exited: exited, stream: stream}, nil
		}
	}
}
