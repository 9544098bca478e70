package render

import (
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// record is what the events of an execution add up to.
type record struct {
	execution clockworkv1.Execution
	ended     bool
}

func (r *record) take(event *clockworkv1.Event) {
	r.execution.Id = event.GetExecutionId()
	switch kind := event.GetKind().(type) {
	case *clockworkv1.Event_StepFinished:
		r.execution.StepResults = append(r.execution.StepResults, kind.StepFinished.GetResult())
	case *clockworkv1.Event_ExecutionFinished:
		r.ended = true
		r.execution.Status = kind.ExecutionFinished.GetStatus()
		r.execution.Summary = kind.ExecutionFinished.GetSummary()
		r.execution.ErrorMessage = kind.ExecutionFinished.GetErrorMessage()
	}
}
