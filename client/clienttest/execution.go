package clienttest

import (
	"context"
	"sync"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// execution is the log of one execution's events, and the state that follows from them.
type execution struct {
	cancel context.CancelFunc

	mu      sync.Mutex
	state   *clockworkv1.Execution
	log     []*clockworkv1.Event
	changed chan struct{}
}

func newExecution(id string, request *clockworkv1.ExecuteBundleRequest, cancel context.CancelFunc) *execution {
	state := &clockworkv1.Execution{
		Id:             id,
		Status:         clockworkv1.ExecutionStatus_EXECUTION_STATUS_QUEUED,
		Principal:      "uid:0",
		Runner:         "fake",
		RunnerType:     "fake",
		RunnerReason:   "it is the only one",
		IdempotencyKey: request.GetIdempotencyKey(),
		CreateTime:     timestamppb.Now(),
	}
	for _, step := range request.GetBundle().GetSteps() {
		state.Steps = append(state.Steps, &clockworkv1.StepState{
			Name: stepName(step), Purpose: step.GetPurpose(), Status: clockworkv1.StepStatus_STEP_STATUS_PENDING,
		})
	}
	return &execution{cancel: cancel, state: state, changed: make(chan struct{})}
}

// append gives event its place and wakes the watchers. What a script says does not go through any rule.
func (e *execution) append(event *clockworkv1.Event) {
	e.mu.Lock()
	defer e.mu.Unlock()
	event.Sequence = uint64(len(e.log)) + 1
	event.Time = timestamppb.Now()
	event.ExecutionId = e.state.GetId()
	e.log = append(e.log, event)
	e.apply(event)
	close(e.changed)
	e.changed = make(chan struct{})
}

func (e *execution) apply(event *clockworkv1.Event) {
	e.state.LastSequence = event.GetSequence()
	switch kind := event.GetKind().(type) {
	case *clockworkv1.Event_StepStarted:
		e.state.Status = clockworkv1.ExecutionStatus_EXECUTION_STATUS_RUNNING
		step := e.state.GetSteps()[kind.StepStarted.GetStepIndex()]
		step.Status, step.Attempt = clockworkv1.StepStatus_STEP_STATUS_RUNNING, kind.StepStarted.GetAttempt()
	case *clockworkv1.Event_StepFinished:
		result := kind.StepFinished.GetResult()
		e.state.Steps[result.GetStepIndex()].Status = result.GetStatus()
		e.state.StepResults = append(e.state.StepResults, result)
	case *clockworkv1.Event_ExecutionFinished:
		e.state.Status = kind.ExecutionFinished.GetStatus()
		e.state.ErrorMessage = kind.ExecutionFinished.GetErrorMessage()
		e.state.Summary = kind.ExecutionFinished.GetSummary()
		e.state.EndTime = event.GetTime()
	}
}

func (e *execution) requestCancel() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.state.CancelRequested = true
	e.cancel()
}

func (e *execution) snapshot() *clockworkv1.Execution {
	e.mu.Lock()
	defer e.mu.Unlock()
	return proto.CloneOf(e.state)
}

// follow sends what comes after the given sequence number until the execution has ended.
func (e *execution) follow(ctx context.Context, after uint64, send func(*clockworkv1.Event) error) error {
	for {
		e.mu.Lock()
		events, changed, ended := e.log[min(after, uint64(len(e.log))):], e.changed, e.state.GetEndTime() != nil
		e.mu.Unlock()
		for _, event := range events {
			if err := send(event); err != nil {
				return err
			}
			after = event.GetSequence()
		}
		if ended {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}
