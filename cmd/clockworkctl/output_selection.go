package main

import (
	"fmt"
	"slices"
	"strings"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// outputSelection is which output is wanted.
type outputSelection struct {
	// steps are their positions, ascending.
	steps []uint32
	// stream is UNSPECIFIED for both, of all attempts; else the newest attempt alone counts, and with later those after it.
	stream   clockworkv1.Stream
	attempts map[uint32]uint32
	later    bool
}

func selectOutput(execution *clockworkv1.Execution, f *logsFlags) (*outputSelection, error) {
	wanted := &outputSelection{stream: streams[f.stream], attempts: map[uint32]uint32{}, later: f.follow}
	step := f.step
	var names []string
	for i, state := range execution.GetSteps() {
		names = append(names, state.GetName())
		if step == "" || step == state.GetName() || step == state.GetPurpose() {
			wanted.steps = append(wanted.steps, uint32(i))
			wanted.attempts[uint32(i)] = state.GetAttempt()
		}
	}
	if step != "" && len(wanted.steps) == 0 {
		return nil, &usageError{
			message: fmt.Sprintf("the execution has no step %q; its steps are: %s", step, strings.Join(names, ", ")),
			command: "clockworkctl executions logs",
		}
	}
	return wanted, nil
}

// includes tells whether an event is about wanted output, or about the end of an attempt that may have printed some.
func (s *outputSelection) includes(event *clockworkv1.Event) bool {
	switch kind := event.GetKind().(type) {
	case *clockworkv1.Event_Output:
		return s.wants(kind.Output.GetStepIndex(), kind.Output.GetAttempt(), kind.Output.GetStream())
	case *clockworkv1.Event_OutputDropped:
		return s.wants(kind.OutputDropped.GetStepIndex(), kind.OutputDropped.GetAttempt(), kind.OutputDropped.GetStream())
	default:
		return true
	}
}

func (s *outputSelection) wants(step, attempt uint32, stream clockworkv1.Stream) bool {
	if _, ok := slices.BinarySearch(s.steps, step); !ok {
		return false
	}
	newest := s.attempts[step]
	return s.stream == clockworkv1.Stream_STREAM_UNSPECIFIED || s.stream == stream && (attempt == newest || s.later && attempt > newest)
}
