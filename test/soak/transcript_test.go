package soak

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"regexp"
	"strconv"
	"time"

	"google.golang.org/protobuf/proto"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// transcript checks the events of one execution as they come, and keeps what they tell.
type transcript struct {
	last     uint64
	digest   hash.Hash
	steps    []stepSeen
	finished *clockworkv1.ExecutionFinished
}

// stepSeen is what the events have told of a step.
type stepSeen struct {
	attempts []*attempt
	retrying bool
	result   *clockworkv1.ExecutionResult
}

// attempt is what the events have told of an attempt.
type attempt struct {
	start          time.Time
	stdout, stderr []byte
	// exited is whether its process is said to have come to its own end, with this exit code.
	exited bool
	code   int
	// dropped is whether some of its output is said to be missing, and missing how much of its streams.
	dropped bool
	missing map[clockworkv1.Stream]uint64
}

func newTranscript(steps int) *transcript {
	return &transcript{digest: sha256.New(), steps: make([]stepSeen, steps)}
}

// add takes the next event. The error says what is wrong with it.
func (t *transcript) add(event *clockworkv1.Event) error {
	if err := t.inOrder(event); err != nil {
		return err
	}
	switch kind := event.GetKind().(type) {
	case *clockworkv1.Event_StepStarted:
		return t.stepStarted(kind.StepStarted, event.GetTime().AsTime())
	case *clockworkv1.Event_Output:
		return t.output(kind.Output)
	case *clockworkv1.Event_OutputDropped:
		return t.dropped(kind.OutputDropped)
	case *clockworkv1.Event_Retrying:
		return t.retrying(kind.Retrying)
	case *clockworkv1.Event_StepFinished:
		return t.stepFinished(kind.StepFinished.GetResult())
	case *clockworkv1.Event_ExecutionFinished:
		return t.executionFinished(kind.ExecutionFinished)
	default:
		return nil
	}
}

// inOrder checks what holds for every event, whatever it tells, and adds it to the sum.
func (t *transcript) inOrder(event *clockworkv1.Event) error {
	if t.finished != nil {
		return fmt.Errorf("event %d comes after the last one", event.GetSequence())
	}
	t.last++
	if event.GetSequence() != t.last {
		return fmt.Errorf("event %d comes where %d had to", event.GetSequence(), t.last)
	}
	if _, first := event.GetKind().(*clockworkv1.Event_Accepted); first != (t.last == 1) {
		return fmt.Errorf("event %d is %T", t.last, event.GetKind())
	}
	data, err := proto.MarshalOptions{Deterministic: true}.Marshal(event)
	_, _ = t.digest.Write(data) // a hash does not fail
	return err
}

// open returns the step that an event speaks of. A step's result is the last that is heard of it.
func (t *transcript) open(index uint32) (*stepSeen, error) {
	if int(index) >= len(t.steps) {
		return nil, fmt.Errorf("event %d speaks of step %d of %d", t.last, index, len(t.steps))
	}
	step := &t.steps[index]
	if step.result != nil {
		return nil, fmt.Errorf("event %d speaks of step %d, which has its result already", t.last, index)
	}
	return step, nil
}

func (t *transcript) stepStarted(started *clockworkv1.StepStarted, at time.Time) error {
	step, err := t.open(started.GetStepIndex())
	if err != nil {
		return err
	}
	if len(step.attempts) > 0 && !step.retrying {
		return fmt.Errorf("event %d starts step %d again without a reason", t.last, started.GetStepIndex())
	}
	step.attempts, step.retrying = append(step.attempts, &attempt{start: at, missing: make(map[clockworkv1.Stream]uint64)}), false
	if int(started.GetAttempt()) != len(step.attempts) {
		return fmt.Errorf("event %d starts attempt %d as the step's number %d", t.last, started.GetAttempt(), len(step.attempts))
	}
	return nil
}

func (t *transcript) output(output *clockworkv1.Output) error {
	stream, _, err := t.stream(output)
	if err != nil {
		return err
	}
	*stream = append(*stream, output.GetData()...)
	return nil
}

func (t *transcript) dropped(gap *clockworkv1.OutputDropped) error {
	_, current, err := t.stream(gap)
	if err != nil {
		return err
	}
	current.dropped = true
	current.missing[gap.GetStream()] += gap.GetBytes()
	return nil
}

// part is what events about a part of the output have in common.
type part interface {
	GetStepIndex() uint32
	GetAttempt() uint32
	GetStream() clockworkv1.Stream
	GetOffset() uint64
}

// stream returns what is known of the output that an event goes on with, and the attempt that printed it.
func (t *transcript) stream(next part) (*[]byte, *attempt, error) {
	step, err := t.open(next.GetStepIndex())
	if err != nil {
		return nil, nil, err
	}
	if int(next.GetAttempt()) != len(step.attempts) || step.retrying {
		return nil, nil, fmt.Errorf("event %d is output of attempt %d, while %d is under way", t.last, next.GetAttempt(), len(step.attempts))
	}
	current := step.attempts[len(step.attempts)-1]
	stream := &current.stdout
	if next.GetStream() == clockworkv1.Stream_STREAM_STDERR {
		stream = &current.stderr
	}
	if next.GetOffset() != uint64(len(*stream)) {
		return nil, nil, fmt.Errorf("event %d has output from byte %d on, after %d bytes", t.last, next.GetOffset(), len(*stream))
	}
	return stream, current, nil
}

var exitReason = regexp.MustCompile(`exit code (\d+)$`)

func (t *transcript) retrying(retrying *clockworkv1.StepRetrying) error {
	step, err := t.open(retrying.GetStepIndex())
	if err != nil {
		return err
	}
	if len(step.attempts) == 0 || step.retrying {
		return fmt.Errorf("event %d retries what is not under way", t.last)
	}
	step.retrying = true
	if match := exitReason.FindStringSubmatch(retrying.GetReason()); match != nil {
		ended := step.attempts[len(step.attempts)-1]
		ended.exited = true
		ended.code, err = strconv.Atoi(match[1])
	}
	return err
}

func (t *transcript) stepFinished(result *clockworkv1.ExecutionResult) error {
	step, err := t.open(result.GetStepIndex())
	if err != nil {
		return err
	}
	step.result = result
	if got, want := int(result.GetRetryCount()), max(0, len(step.attempts)-1); got != want {
		return fmt.Errorf("step %d has %d retries, %d were seen", result.GetStepIndex(), got, want)
	}
	status := result.GetStatus()
	if status < clockworkv1.StepStatus_STEP_STATUS_SUCCESS {
		return fmt.Errorf("step %d has finished as %v", result.GetStepIndex(), status)
	}
	if status != clockworkv1.StepStatus_STEP_STATUS_SUCCESS && status != clockworkv1.StepStatus_STEP_STATUS_FAILED {
		return nil
	}
	if len(step.attempts) == 0 || step.retrying || result.ExitCode == nil {
		return fmt.Errorf("step %d is %v without an attempt that exited: %v", result.GetStepIndex(), status, result.GetErrorMessage())
	}
	ended := step.attempts[len(step.attempts)-1]
	ended.exited, ended.code = true, int(result.GetExitCode())
	return nil
}

func (t *transcript) executionFinished(finished *clockworkv1.ExecutionFinished) error {
	t.finished = finished
	for i, step := range t.steps {
		if step.result == nil {
			return fmt.Errorf("the execution has finished without a result of step %d", i)
		}
	}
	return nil
}

// totals are the number of attempts, and of bytes of their output.
func (t *transcript) totals() (attempts, bytes int) {
	for _, step := range t.steps {
		attempts += len(step.attempts)
		for _, attempt := range step.attempts {
			bytes += len(attempt.stdout) + len(attempt.stderr)
		}
	}
	return attempts, bytes
}

// sum identifies the events seen so far.
func (t *transcript) sum() string { return hex.EncodeToString(t.digest.Sum(nil)) }
