package executor

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/clockworkd/clockwork/internal/runners"
	agentv1 "github.com/clockworkd/clockwork/proto/clockwork/agent/v1"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// attempt is one try of one step, while it runs.
type attempt struct {
	execution *execution
	step      int
	number    uint32
	lease     *runners.Lease
	sandbox   *runners.Sandbox
	// abandon ends the waiting for what does not come: an agent's answer, or room for output.
	abandon context.CancelCauseFunc

	// started is what the agent said when the process existed; nil before. It belongs to the goroutine of run.
	started *agentv1.Started
	stdout  tail
	stderr  tail
	// dropped is what of the output was not recorded. It belongs to the goroutine of run.
	dropped dropped
	// exists is closed when the agent has the process, over when run has returned.
	exists, over chan struct{}
	// terminating tells that a terminate is under way; it belongs to the execution's goroutine.
	terminating bool
	// ending tells that the step was ended, by a terminate or its timeout, as far as the agent can do that: output that cannot be
	// recorded holds nothing up any more.
	ending atomic.Bool
}

func (x *execution) startAttempt(ctx context.Context, action startAttempt) {
	lease := x.search.lease
	waiting, abandon := context.WithCancelCause(ctx)
	a := &attempt{
		execution: x, step: action.step, number: action.attempt, lease: lease, sandbox: lease.Sandbox(), abandon: abandon,
		exists: make(chan struct{}), over: make(chan struct{}),
	}
	if m := x.memories[uint32(action.step)]; action.rejoin && m != nil {
		a.stdout, a.stderr = m.stdout, m.stderr
	}
	if x.forsaken {
		abandon(errNoRoom)
	}
	x.attempts[action.step] = a
	x.tasks.Go(func() {
		defer close(a.over)
		defer abandon(nil)
		a.run(ctx, waiting)
	})
}

// processID names an attempt within its sandbox, the same after a restart.
func (a *attempt) processID() string {
	return fmt.Sprintf("%d.%d", a.step, a.number)
}

// run sees the attempt to its end and posts how it ended. If the context is done before, it posts nothing. The other context ends
// earlier where the attempt is abandoned.
func (a *attempt) run(ctx, waiting context.Context) {
	x := a.execution
	began := time.Now()
	result := &clockworkv1.ExecutionResult{EnvironmentVars: x.plan.env(a.step)}
	unlimit := a.limit()
	defer unlimit()
	exit, err := a.process(waiting, result)
	if ctx.Err() != nil {
		return
	}
	end := attemptEnded{
		step: a.step, attempt: a.number, sandbox: a.sandbox.ID, outcome: outcome{result: result, dropped: a.dropped.list()},
	}
	if err != nil {
		result.Status, result.ErrorMessage = a.blame(err)
		if waiting.Err() != nil {
			a.destroySandbox(ctx, context.Cause(waiting), &end.outcome)
		}
		a.fill(result, &agentv1.Exited{
			TimedOut: result.GetStatus() == stepTimeout, Duration: durationpb.New(time.Since(began)),
		})
		x.inbox.post(end)
		return
	}
	end.outcome.terminated = exit.Terminated || a.dropped.begun()
	result.Status, result.ErrorMessage = judge(exit.Exited, x.plan.steps[a.step].timeout)
	if result.GetStatus() == stepSuccess && a.dropped.begun() {
		result.Status, result.ErrorMessage = stepError, "it succeeded, but not all of its output could be recorded" // which may be what was wanted
	}
	a.fill(result, exit.Exited)
	a.warnOfLimits(exit.Exited, result.GetStatus())
	a.collect(ctx, result)
	if ctx.Err() == nil {
		x.inbox.post(recorded{end, exit.Forget})
	}
}

// process runs the step's process. An error means that there is no exit record.
func (a *attempt) process(ctx context.Context, result *clockworkv1.ExecutionResult) (*runners.Exit, error) {
	x, step := a.execution, &a.execution.plan.steps[a.step]
	argv, err := a.command(ctx, result.GetEnvironmentVars())
	if err != nil {
		return nil, err
	}
	start := &agentv1.Start{
		ProcessId:    a.processID(),
		Argv:         argv,
		Env:          result.GetEnvironmentVars(),
		Cwd:          step.cwd,
		Grace:        durationpb.New(x.plan.grace),
		StdoutOffset: x.writer.OutputEnd(uint32(a.step), a.number, clockworkv1.Stream_STREAM_STDOUT),
		StderrOffset: x.writer.OutputEnd(uint32(a.step), a.number, clockworkv1.Stream_STREAM_STDERR),
	}
	if step.timeout > 0 {
		start.Timeout = durationpb.New(step.timeout)
	}
	result.Command = argv
	return a.sandbox.Agent.Run(ctx, start, sink{ctx, a})
}

// blame says what the lack of an exit record means: the sandbox is gone and nobody knows (lost), or the process never was (error).
func (a *attempt) blame(err error) (clockworkv1.StepStatus, string) {
	var setup *setupError
	switch {
	case errors.As(err, &setup):
		return stepError, setup.Error()
	case errors.Is(err, runners.ErrAgentGone):
		return stepLost, "the sandbox is gone: " + err.Error()
	case a.started == nil && status.Code(err) == codes.InvalidArgument:
		return stepError, "the sandbox refused to start it: " + err.Error()
	default:
		return stepLost, "cannot know how it ended: " + err.Error()
	}
}

// fill copies what the attempt has seen and what the exit record says into the result.
func (a *attempt) fill(result *clockworkv1.ExecutionResult, exited *agentv1.Exited) {
	if a.started != nil {
		result.Command, result.WorkingDirectory = a.started.GetArgv(), a.started.GetCwd()
	}
	result.ExitCode, result.Signal = exited.ExitCode, signalName(exited.GetSignal())
	result.TimeoutOccurred = exited.GetTimedOut()
	result.ExecutionTime = exited.GetDuration()
	result.Stdout, result.StdoutTruncated = a.stdout.bytes()
	result.Stderr, result.StderrTruncated = a.stderr.bytes()
	result.StdoutBytes, result.StderrBytes = a.stdout.total, a.stderr.total
	result.LimitsHit = limitsHit(exited)
	usage := exited.GetUsage()
	result.ResourceUsage = &clockworkv1.ResourceUsage{
		CpuUser: usage.GetCpuUser(), CpuSystem: usage.GetCpuSystem(), MaxRssBytes: usage.GetMaxRssBytes(),
		ReadBytes: usage.GetReadBytes(), WrittenBytes: usage.GetWrittenBytes(),
		PeakMemoryBytes: usage.GetPeakMemoryBytes(), CpuThrottled: usage.GetCpuThrottled(),
		Phases: &clockworkv1.PhaseTimes{Run: exited.GetDuration()},
	}
}
