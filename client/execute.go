package client

import (
	"context"
	"fmt"
	"iter"

	"github.com/gofrs/uuid/v5"
	"google.golang.org/protobuf/proto"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Execution is an execution that the daemon has accepted, and the stream of its events.
type Execution struct {
	id      string
	events  iter.Seq2[*clockworkv1.Event, error]
	release context.CancelFunc
}

// Execute has a bundle executed. It returns when the daemon has accepted it; the execution then does not depend on the
// client any more. The caller ranges over Events, or calls Close.
//
// Without an idempotency key in the request it draws one, so that a request whose answer got lost can go out again without
// the bundle running twice. The request itself is not changed.
//
// Errors: *InvalidBundleError, *RefusedError, *BusyError, ErrUnreachable, or the cause for which ctx ended.
func (c *Client) Execute(ctx context.Context, request *clockworkv1.ExecuteBundleRequest) (*Execution, error) {
	request, err := keyed(request)
	if err != nil {
		return nil, err
	}
	ctx, release := context.WithCancel(ctx)
	f := &follower{client: c, request: request, pace: newPacer(c.resume)}
	first, err := f.next(ctx)
	if err != nil {
		release()
		return nil, err
	}
	events := f.events(ctx, release)
	return &Execution{
		id: f.id,
		events: func(yield func(*clockworkv1.Event, error) bool) {
			if !yield(first, nil) {
				release()
				return
			}
			events(yield)
		},
		release: release,
	}, nil
}

// ID is the execution's id, a UUIDv7.
func (e *Execution) ID() string {
	return e.id
}

// Events yields every event from the first, ExecutionAccepted, to the last, ExecutionFinished, each once and in order,
// and resumes by itself. An error ends it. It may be ranged over once; who leaves the loop early goes on with Client.Watch.
//
// Errors: ErrUnreachable, ErrDataLoss, *SequenceError, or the cause for which the context given to Execute ended.
func (e *Execution) Events() iter.Seq2[*clockworkv1.Event, error] {
	return e.events
}

// Close gives the stream of events up. The execution goes on. Only who never ranges over Events needs it.
func (e *Execution) Close() {
	e.release()
}

// keyed returns the request with an idempotency key, sharing the bundle.
func keyed(request *clockworkv1.ExecuteBundleRequest) (*clockworkv1.ExecuteBundleRequest, error) {
	if size := proto.Size(request); size > MaxMessageBytes {
		return nil, tooLarge(size)
	}
	if request.GetIdempotencyKey() != "" {
		return request, nil
	}
	key, err := uuid.NewV7()
	if err != nil {
		return nil, fmt.Errorf("cannot draw an idempotency key: %w", err)
	}
	return &clockworkv1.ExecuteBundleRequest{
		Bundle:         request.GetBundle(),
		Runner:         request.GetRunner(),
		Requirements:   request.GetRequirements(),
		Vars:           request.GetVars(),
		Timeout:        request.GetTimeout(),
		StepTimeout:    request.GetStepTimeout(),
		KeepGoing:      request.GetKeepGoing(),
		IdempotencyKey: key.String(),
	}, nil
}

// tooLarge is found here, because gRPC's own error for it looks like a full queue.
func tooLarge(size int) error {
	return &InvalidBundleError{Faults: []Fault{{
		Path: "$", Message: fmt.Sprintf("has %d bytes, at most %d can be sent; let a step fetch what is large", size, MaxMessageBytes),
	}}}
}
