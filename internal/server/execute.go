package server

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"

	"google.golang.org/grpc"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// executionService implements the ExecutionService; its methods are spread over execute.go, executions.go, validate.go and outputs.go.
type executionService struct {
	clockworkv1.UnimplementedExecutionServiceServer
	executor Executor
	journal  Journal
	// streams ends when streams of events are to end.
	streams context.Context //nolint:containedctx // see Server
	// limits bound the streams, and watchers counts those of events.
	limits   *atomic.Pointer[Limits]
	watchers *watchers
	// senders is who sends on streams.
	senders *sync.WaitGroup
}

// ExecuteBundle admits an execution and streams its events. That the client goes away means nothing to the execution.
func (s *executionService) ExecuteBundle(request *clockworkv1.ExecuteBundleRequest, stream grpc.ServerStreamingServer[clockworkv1.Event]) error {
	ctx := stream.Context()
	if faults := checkExecute(request); len(faults) > 0 {
		return s.invalid(ctx, request, faults)
	}
	leave, err := s.watchers.admit(s.limits.Load().Watchers)
	if err != nil {
		return mapped(err)
	}
	defer leave()
	id, err := s.executor.Execute(ctx, principal(ctx), request)
	if err != nil {
		return mapped(err)
	}
	concerns(ctx, id)
	return s.send(stream, id, 0)
}

// WatchExecution streams the events of an execution from a point on.
func (s *executionService) WatchExecution(request *clockworkv1.WatchExecutionRequest, stream grpc.ServerStreamingServer[clockworkv1.Event]) error {
	concerns(stream.Context(), request.GetExecutionId())
	if faults := checkID(request.GetExecutionId()); len(faults) > 0 {
		return invalid(faults)
	}
	leave, err := s.watchers.admit(s.limits.Load().Watchers)
	if err != nil {
		return mapped(err)
	}
	defer leave()
	return s.send(stream, request.GetExecutionId(), request.GetAfterSequence())
}

// send streams events until the last one, until the server ends its streams, or until the reader has stood still for too long.
func (s *executionService) send(stream grpc.ServerStreamingServer[clockworkv1.Event], id string, after uint64) error {
	ctx, cancel := context.WithCancelCause(stream.Context())
	defer cancel(nil)
	uncut := context.AfterFunc(s.streams, func() { cancel(errShutdown) })
	defer uncut()
	sender := newSender(s.senders, s.limits.Load().StallTimeout, stream.Send)
	defer sender.close()
	for event, err := range s.journal.Follow(ctx, id, after) {
		if err == nil {
			err = sender.send(event)
		}
		switch {
		case err == nil:
			after = event.GetSequence()
		case errors.Is(err, errStalled):
			return stalledEvents(sender.limit, after)
		default:
			return streamError(ctx, err)
		}
	}
	return nil
}

// streamError tells an end that the server itself brought about from all others.
func streamError(ctx context.Context, err error) error {
	if errors.Is(context.Cause(ctx), errShutdown) {
		return mapped(errShutdown)
	}
	return mapped(err)
}
