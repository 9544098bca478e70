package clienttest

import (
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// Run is the execution that a script plays.
type Run struct {
	// Request is what the client sent.
	Request   *clockworkv1.ExecuteBundleRequest
	execution *execution
	done      <-chan struct{}
	finished  []clockworkv1.StepStatus
}

// Done is closed when a client cancels the execution, or the daemon is closed.
func (r *Run) Done() <-chan struct{} {
	return r.done
}

// Emit appends an event; its sequence number, time and execution are filled in.
func (r *Run) Emit(event *clockworkv1.Event) {
	r.execution.append(event)
}

// Accept emits the first event.
func (r *Run) Accept() {
	r.Emit(&clockworkv1.Event{Kind: &clockworkv1.Event_Accepted{Accepted: &clockworkv1.ExecutionAccepted{
		Runner: "fake", RunnerType: "fake", RunnerReason: "it is the only one", TotalSteps: uint32(len(r.steps())),
	}}})
}

// StartStep emits that the first attempt of a step starts.
func (r *Run) StartStep(index int) {
	step := r.steps()[index]
	r.Emit(&clockworkv1.Event{Kind: &clockworkv1.Event_StepStarted{StepStarted: &clockworkv1.StepStarted{
		StepIndex: uint32(index), Name: stepName(step), Purpose: step.GetPurpose(), Attempt: 1, Command: step.GetRun().GetCmd(),
	}}})
}

// Output emits that the first attempt of a step printed something. The offset is the script's business.
func (r *Run) Output(index int, stream clockworkv1.Stream, offset int, data string) {
	r.Emit(&clockworkv1.Event{Kind: &clockworkv1.Event_Output{Output: &clockworkv1.Output{
		StepIndex: uint32(index), Name: stepName(r.steps()[index]), Attempt: 1, Stream: stream, Offset: uint64(offset), Data: []byte(data),
	}}})
}

// FinishStep emits the result of a step, with exit code 0 if it succeeded, 1 if it failed, else none.
func (r *Run) FinishStep(index int, status clockworkv1.StepStatus) {
	step := r.steps()[index]
	result := &clockworkv1.ExecutionResult{
		StepIndex: uint32(index), Name: stepName(step), Purpose: step.GetPurpose(), Status: status,
		Command: step.GetRun().GetCmd(), ExecutionTime: durationpb.New(time.Millisecond), Runner: "fake", RunnerType: "fake",
	}
	switch status {
	case clockworkv1.StepStatus_STEP_STATUS_SUCCESS:
		result.ExitCode = new(int32)
	case clockworkv1.StepStatus_STEP_STATUS_FAILED:
		result.ExitCode = new(int32(1))
	default:
	}
	r.FinishStepWith(result)
}

// FinishStepWith emits the given result of a step.
func (r *Run) FinishStepWith(result *clockworkv1.ExecutionResult) {
	r.finished = append(r.finished, result.GetStatus())
	r.Emit(&clockworkv1.Event{Kind: &clockworkv1.Event_StepFinished{StepFinished: &clockworkv1.StepFinished{Result: result}}})
}

// Finish emits the last event.
func (r *Run) Finish(status clockworkv1.ExecutionStatus) {
	summary := &clockworkv1.ExecutionSummary{TotalSteps: uint32(len(r.steps())), TotalTime: durationpb.New(time.Millisecond)}
	counters := map[clockworkv1.StepStatus]*uint32{
		clockworkv1.StepStatus_STEP_STATUS_SUCCESS:   &summary.Successful,
		clockworkv1.StepStatus_STEP_STATUS_FAILED:    &summary.Failed,
		clockworkv1.StepStatus_STEP_STATUS_TIMEOUT:   &summary.Timeouts,
		clockworkv1.StepStatus_STEP_STATUS_CANCELLED: &summary.Cancelled,
		clockworkv1.StepStatus_STEP_STATUS_SKIPPED:   &summary.Skipped,
		clockworkv1.StepStatus_STEP_STATUS_LOST:      &summary.Lost,
		clockworkv1.StepStatus_STEP_STATUS_ERROR:     &summary.Errors,
	}
	for _, finished := range r.finished {
		*counters[finished]++
	}
	if summary.GetTotalSteps() > 0 {
		summary.SuccessRate = 100 * float64(summary.GetSuccessful()) / float64(summary.GetTotalSteps())
	}
	r.Emit(&clockworkv1.Event{Kind: &clockworkv1.Event_ExecutionFinished{ExecutionFinished: &clockworkv1.ExecutionFinished{
		Status: status, Summary: summary,
	}}})
}

// Succeed is the script of an execution whose steps all succeed at once without output.
func Succeed(run *Run) {
	run.Accept()
	for i := range run.steps() {
		run.StartStep(i)
		run.FinishStep(i, clockworkv1.StepStatus_STEP_STATUS_SUCCESS)
	}
	run.Finish(clockworkv1.ExecutionStatus_EXECUTION_STATUS_SUCCESS)
}

// Hang is the script of an execution whose first step runs until it is cancelled.
func Hang(run *Run) {
	run.Accept()
	run.StartStep(0)
	<-run.Done()
	run.FinishStep(0, clockworkv1.StepStatus_STEP_STATUS_CANCELLED)
	run.Finish(clockworkv1.ExecutionStatus_EXECUTION_STATUS_CANCELLED)
}

func (r *Run) steps() []*clockworkv1.Step {
	return r.Request.GetBundle().GetSteps()
}

func stepName(step *clockworkv1.Step) string {
	if step.GetName() != "" {
		return step.GetName()
	}
	return step.GetPurpose()
}
