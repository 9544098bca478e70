package soak

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
	"github.com/clockworkd/clockwork/test/soak/work"
)

// checkStep compares what the events said of a step with what its plan asked for and its runs have reported.
func checkStep(p plan, step stepPlan, seen stepSeen, runs []work.Run) error {
	if len(runs) > len(seen.attempts) {
		return fmt.Errorf("ran %d times in %d attempts: %+v", len(runs), len(seen.attempts), runs)
	}
	for i, attempt := range seen.attempts {
		end := time.Now()
		if i+1 < len(seen.attempts) {
			end = seen.attempts[i+1].start
			if !attempt.exited && !step.retryOnLoss {
				return fmt.Errorf("attempt %d was followed by another, though it did not exit", i+1)
			}
		}
		if attempt.dropped && !p.endsEarly() && step.timeout == 0 {
			return fmt.Errorf("some output of attempt %d was dropped, which nothing had ended", i+1)
		}
		if err := checkAttempt(step.work, attempt, between(runs, attempt.start, end)); err != nil {
			return fmt.Errorf("attempt %d: %w", i+1, err)
		}
	}
	return checkResult(p, step, seen, runs)
}

// between returns the runs that began in a span of time. Attempts of a step never overlap, and their intent is recorded first.
func between(runs []work.Run, start, end time.Time) []work.Run {
	var found []work.Run
	for _, run := range runs {
		if !run.Start.Before(start) && run.Start.Before(end) {
			found = append(found, run)
		}
	}
	return found
}

func checkAttempt(todo work.Work, seen *attempt, runs []work.Run) error {
	if len(runs) > 1 {
		return fmt.Errorf("it ran %d times: %+v", len(runs), runs)
	}
	if seen.exited && (len(runs) == 0 || !runs[0].Ended || runs[0].ExitCode != seen.code) {
		return fmt.Errorf("it is said to have exited with %d, but recorded %+v", seen.code, runs)
	}
	stdout, stderr := todo.Output()
	for _, stream := range []struct {
		name            string
		written, gotten []byte
	}{{"stdout", stdout, seen.stdout}, {"stderr", stderr, seen.stderr}} {
		if !bytes.HasPrefix(stream.written, stream.gotten) {
			return fmt.Errorf("the %d bytes of its %s are not what it wrote", len(stream.gotten), stream.name)
		}
		if seen.exited && !seen.dropped && len(stream.gotten) != len(stream.written) {
			return fmt.Errorf("its %s has %d of the %d bytes that it wrote", stream.name, len(stream.gotten), len(stream.written))
		}
	}
	return nil
}

// checkResult judges a step's result by its plan.
func checkResult(p plan, step stepPlan, seen stepSeen, runs []work.Run) error {
	status := seen.result.GetStatus()
	wrong := func(why string) error {
		return fmt.Errorf("it ended as %v after %d attempts, but %s: %s", status, len(seen.attempts), why, seen.result.GetErrorMessage())
	}
	switch status {
	case clockworkv1.StepStatus_STEP_STATUS_SUCCESS:
		if step.work.ExitCode(len(runs)) != 0 {
			return wrong("its last run had to fail")
		}
	case clockworkv1.StepStatus_STEP_STATUS_FAILED:
		if step.work.ExitCode(len(runs)) == 0 {
			return wrong("its last run had to succeed")
		}
		if len(seen.attempts) < step.attempts && !p.endsEarly() {
			return wrong(fmt.Sprintf("it had %d attempts", step.attempts))
		}
	case clockworkv1.StepStatus_STEP_STATUS_TIMEOUT:
		if step.timeout == 0 && p.timeout == 0 {
			return wrong("nothing had a timeout")
		}
	case clockworkv1.StepStatus_STEP_STATUS_CANCELLED:
		if p.cancelAfter == 0 {
			return wrong("nobody cancelled it")
		}
	case clockworkv1.StepStatus_STEP_STATUS_SKIPPED:
		if len(runs) > 0 {
			return wrong("it ran")
		}
	default: // lost and error are not its plan's; there may be no more of them than there were agents killed
	}
	return seen.checkTails()
}

// checkTails compares the ends of the output in the result with the output in the events, also where a new daemon knows the attempt only from
// its journal.
func (s stepSeen) checkTails() error {
	if len(s.attempts) == 0 {
		return nil
	}
	last := s.attempts[len(s.attempts)-1]
	if !bytes.HasSuffix(last.stdout, s.result.GetStdout()) || !bytes.HasSuffix(last.stderr, s.result.GetStderr()) {
		return fmt.Errorf("the tails in its result are not the ends of its output")
	}
	wantOut := uint64(len(last.stdout)) + last.missing[clockworkv1.Stream_STREAM_STDOUT]
	wantErr := uint64(len(last.stderr)) + last.missing[clockworkv1.Stream_STREAM_STDERR]
	if out, err := s.result.GetStdoutBytes(), s.result.GetStderrBytes(); out != wantOut || err != wantErr {
		return fmt.Errorf("its result counts %d and %d bytes of output, the events tell of %d and %d", out, err, wantOut, wantErr)
	}
	return nil
}

// severity orders the statuses of steps: an execution takes the first of those that its steps have.
var severity = []struct {
	step      clockworkv1.StepStatus
	execution clockworkv1.ExecutionStatus
}{
	{clockworkv1.StepStatus_STEP_STATUS_CANCELLED, clockworkv1.ExecutionStatus_EXECUTION_STATUS_CANCELLED},
	{clockworkv1.StepStatus_STEP_STATUS_LOST, clockworkv1.ExecutionStatus_EXECUTION_STATUS_LOST},
	{clockworkv1.StepStatus_STEP_STATUS_ERROR, clockworkv1.ExecutionStatus_EXECUTION_STATUS_ERROR},
	{clockworkv1.StepStatus_STEP_STATUS_TIMEOUT, clockworkv1.ExecutionStatus_EXECUTION_STATUS_TIMEOUT},
	{clockworkv1.StepStatus_STEP_STATUS_FAILED, clockworkv1.ExecutionStatus_EXECUTION_STATUS_FAILED},
}

// checkStatus compares the execution's status with those of its steps. What strikes a whole execution, it has
// beside them; of losses and errors there may be no more than there were agents killed, which is checked at the end.
func checkStatus(p plan, seen *transcript) error {
	status := seen.finished.GetStatus()
	has := map[clockworkv1.StepStatus]bool{}
	for i, step := range seen.steps {
		has[step.result.GetStatus()] = has[step.result.GetStatus()] || !p.steps[i].continueOnError
	}
	want := clockworkv1.ExecutionStatus_EXECUTION_STATUS_SUCCESS
	for _, rank := range severity {
		if has[rank.step] {
			want = rank.execution
			break
		}
	}
	switch {
	case status == want,
		status == clockworkv1.ExecutionStatus_EXECUTION_STATUS_CANCELLED && p.cancelAfter > 0,
		status == clockworkv1.ExecutionStatus_EXECUTION_STATUS_TIMEOUT && p.timeout > 0,
		status == clockworkv1.ExecutionStatus_EXECUTION_STATUS_LOST,
		status == clockworkv1.ExecutionStatus_EXECUTION_STATUS_ERROR:
		return nil
	}
	return fmt.Errorf("it finished as %v, its steps make it %v: %s", status, want, seen.finished.GetErrorMessage())
}

// wasLost tells whether the end is one that only the loss of a sandbox explains.
func wasLost(seen *transcript) bool {
	status := seen.finished.GetStatus()
	return status == clockworkv1.ExecutionStatus_EXECUTION_STATUS_LOST ||
		status == clockworkv1.ExecutionStatus_EXECUTION_STATUS_ERROR ||
		slices.ContainsFunc(seen.steps, func(step stepSeen) bool {
			status := step.result.GetStatus()
			return status == clockworkv1.StepStatus_STEP_STATUS_LOST || status == clockworkv1.StepStatus_STEP_STATUS_ERROR
		})
}
