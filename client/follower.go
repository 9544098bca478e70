package client

import (
	"context"
	"errors"
	"io"
	"iter"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// follower reads the events of one execution, over as many streams as it takes. It belongs to one goroutine.
type follower struct {
	client *Client
	// request starts the execution; nil if there is one already.
	request *clockworkv1.ExecuteBundleRequest
	// id is empty until the first event of an execution that request started.
	id       string
	last     uint64
	stream   grpc.ServerStreamingClient[clockworkv1.Event]
	pace     *pacer
	attempts int
	finished bool
}

// events yields until the last event or an error, then calls release.
func (f *follower) events(ctx context.Context, release func()) iter.Seq2[*clockworkv1.Event, error] {
	return func(yield func(*clockworkv1.Event, error) bool) {
		defer release()
		for {
			event, err := f.next(ctx)
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(event, err) || err != nil {
				return
			}
		}
	}
}

// next returns the next event, or io.EOF after the last one. After an error it is not called again.
func (f *follower) next(ctx context.Context) (*clockworkv1.Event, error) {
	for !f.finished {
		event, err := f.receive(ctx)
		if err == nil {
			return event, f.check(event)
		}
		if err := f.mend(ctx, err); err != nil {
			return nil, err
		}
	}
	return nil, io.EOF
}

func (f *follower) receive(ctx context.Context) (*clockworkv1.Event, error) {
	if f.stream == nil {
		if err := f.open(ctx); err != nil {
			return nil, err
		}
	}
	return f.stream.Recv()
}

func (f *follower) open(ctx context.Context) (err error) {
	f.attempts++
	if f.attempts > 1 {
		f.client.conn.ResetConnectBackoff()
	}
	if f.id == "" {
		f.stream, err = f.client.executions.ExecuteBundle(ctx, f.request)
	} else {
		f.stream, err = f.client.executions.WatchExecution(ctx, &clockworkv1.WatchExecutionRequest{ExecutionId: f.id, AfterSequence: f.last})
	}
	return err
}

// check makes sure that event is the one that had to come.
func (f *follower) check(event *clockworkv1.Event) error {
	if f.id == "" {
		f.id = event.GetExecutionId()
	}
	if want := f.last + 1; event.GetSequence() != want {
		return &SequenceError{ExecutionID: f.id, Want: want, Got: event.GetSequence()}
	}
	f.last++
	f.finished = event.GetExecutionFinished() != nil
	f.request = nil // up to 64 MiB that nobody needs any more
	f.pace.progress()
	return nil
}

// mend returns nil if the stream that ended with err can be opened again, after having waited for that.
func (f *follower) mend(ctx context.Context, err error) error {
	f.stream = nil
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if errors.Is(err, io.EOF) {
		if f.finished, err = f.complete(ctx); err == nil && f.finished {
			return nil
		}
		if err == nil {
			err = status.Error(codes.Unavailable, "the stream of events ended early")
		}
	}
	if !f.mayResume(err) {
		return f.typed(err)
	}
	cause := f.typed(err)
	waited := f.pace.wait(ctx, cause)
	if !errors.Is(waited, errImpatient) {
		return waited
	}
	if errors.Is(cause, ErrUnreachable) {
		return cause
	}
	return &unreachableError{address: f.client.address, cause: cause}
}

// mayResume: before the first event only a break of the connection makes the request go out again, and what the daemon
// says to the first request is its answer. The idempotency key sees to it that the bundle does not run twice.
func (f *follower) mayResume(err error) bool {
	if f.id != "" {
		return resumable(err) && (f.attempts > 1 || detailsOf(status.Convert(err)).reason != tooManyWatchers)
	}
	if status.Code(err) != codes.Unavailable {
		return false
	}
	return f.attempts > 1 || detailsOf(status.Convert(err)).reason == ""
}

// complete tells whether an orderly end of the stream came after the execution's last event. It does so without that
// event having been seen where the caller watches from it on.
func (f *follower) complete(ctx context.Context) (bool, error) {
	if f.id == "" {
		return false, nil
	}
	execution, err := f.client.executions.GetExecution(ctx, &clockworkv1.GetExecutionRequest{ExecutionId: f.id})
	if err != nil {
		return false, err
	}
	return execution.GetEndTime() != nil && execution.GetLastSequence() <= f.last, nil
}

func (f *follower) typed(err error) error {
	if f.id == "" {
		return f.client.invalidBundle("execute the bundle", err)
	}
	return f.client.typed("follow execution "+f.id, err)
}
