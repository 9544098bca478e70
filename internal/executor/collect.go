package executor

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"

	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/clockworkd/clockwork/internal/journal"
	"github.com/clockworkd/clockwork/internal/runners"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// collectLimit bounds the outputs of one step.
var collectLimit = runners.CollectLimit{Bytes: 1 << 30, Files: 10_000}

// collect keeps the files that the step names as its outputs, however the step ended. A step that succeeded and whose
// outputs cannot be kept did not succeed. For room on the disk it waits, unless the step was ended from outside.
func (a *attempt) collect(ctx context.Context, result *clockworkv1.ExecutionResult) {
	x, patterns := a.execution, a.execution.plan.steps[a.step].Outputs
	if len(patterns) == 0 {
		return
	}
	began := time.Now()
	limit := x.runner.Options().CollectTimeout
	timed, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := a.collectOnce(timed, patterns, result)
	for errors.Is(err, journal.ErrFull) && !a.ending.Load() && awaitRoom(timed) {
		err = a.collectOnce(timed, patterns, result)
	}
	result.ResourceUsage.Phases.Collect = durationpb.New(time.Since(began))
	if err == nil {
		a.warnOfMissingOutputs(patterns, result)
		return
	}
	message := err.Error()
	if errors.Is(timed.Err(), context.DeadlineExceeded) && !errors.Is(err, journal.ErrFull) {
		message = fmt.Sprintf("cannot collect the outputs within %s; raise collect_timeout", limit)
	}
	if result.GetStatus() == stepSuccess {
		result.Status, result.ErrorMessage = stepError, message
		return
	}
	result.ErrorMessage += "; " + message
}

// collectOnce keeps what there is now, in place of what an earlier try has kept.
func (a *attempt) collectOnce(ctx context.Context, patterns []string, result *clockworkv1.ExecutionResult) error {
	x := a.execution
	result.OutputFiles = nil
	return a.sandbox.Agent.Collect(ctx, patterns, collectLimit, func(path string, mode fs.FileMode, content io.Reader) error {
		file, err := x.journal.KeepFile(ctx, x.plan.id, uint32(a.step), path, mode, content)
		if err == nil {
			result.OutputFiles = append(result.OutputFiles, file)
		}
		return err
	})
}

// awaitRoom lets a moment pass, in which somebody may make room, unless there is no more time for that.
func awaitRoom(timed context.Context) bool {
	select {
	case <-time.After(persistPause):
		return true
	case <-timed.Done():
		return false
	}
}

// warnOfMissingOutputs tells when nothing was kept. That is no fault, but seldom meant.
func (a *attempt) warnOfMissingOutputs(patterns []string, result *clockworkv1.ExecutionResult) {
	if len(result.GetOutputFiles()) > 0 {
		return
	}
	step := uint32(a.step)
	a.execution.inbox.post(noticed{phase: clockworkv1.Phase_PHASE_COLLECT, step: &step, message: fmt.Sprintf(
		"no regular file of the workspace matches the outputs of step %q: %s", a.execution.plan.steps[a.step].Name, strings.Join(patterns, ", "))})
}
