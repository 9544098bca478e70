package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/clockworkd/clockwork/client"
	"github.com/clockworkd/clockwork/cmd/clockworkctl/internal/render"
	"github.com/clockworkd/clockwork/internal/diagnosis"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// checkDeadline bounds how long a runner's check is waited for. A first image may have to be pulled meanwhile.
const checkDeadline = 5 * time.Minute

// runners has all runners checked, at the same time: a distant one does not hold up the others.
func (e *examination) runners(ctx context.Context, c *client.Client) {
	all, err := c.Runners(ctx)
	if err != nil {
		e.add(areaDaemon, diagnosis.Problem("runners", err.Error(), "look at the daemon's log"))
		return
	}
	found := make([][]*clockworkv1.DaemonFinding, len(all))
	var checks sync.WaitGroup
	for i, runner := range all {
		checks.Go(func() { found[i] = lookAtRunner(ctx, c, runner.GetName()) })
	}
	checks.Wait()
	for i, runner := range all {
		for _, f := range found[i] {
			e.findings = append(e.findings, render.Finding{Area: areaRunner, Runner: runner.GetName(), DaemonFinding: f})
		}
	}
}

func lookAtRunner(ctx context.Context, c *client.Client, name string) []*clockworkv1.DaemonFinding {
	ctx, done := context.WithTimeout(ctx, checkDeadline)
	defer done()
	check, err := c.CheckRunner(ctx, name)
	if errors.Is(err, context.DeadlineExceeded) {
		return []*clockworkv1.DaemonFinding{diagnosis.Problem("check", fmt.Sprintf("it has not ended within %s", checkDeadline), "look at the daemon's log")}
	}
	if err != nil {
		return []*clockworkv1.DaemonFinding{diagnosis.Problem("check", err.Error(), "look at the daemon's log")}
	}
	var found []*clockworkv1.DaemonFinding
	for _, tried := range check.GetFindings() {
		found = append(found, resultOf(tried))
	}
	runner, err := c.Runner(ctx, name) // now that it has been checked, what it can do is known
	if err != nil {
		return append(found, diagnosis.Problem("description", err.Error(), "look at the daemon's log"))
	}
	if !check.GetUsable() { // what it could do else is not known, or does not matter
		return found
	}
	if message := runner.GetErrorMessage(); message != "" {
		return append(found, diagnosis.Problem("description", message, "look at the daemon's log"))
	}
	found = append(found, lookAtPool(runner), lookAtLanguages(runner), lookAtPython(runner))
	for _, capability := range runner.GetCapabilities() {
		found = append(found, lookAtCapability(capability))
	}
	return found
}

// resultOf is one thing that the check has tried.
func resultOf(tried *clockworkv1.CheckFinding) *clockworkv1.DaemonFinding {
	took := tried.GetDuration().AsDuration().Round(time.Millisecond)
	detail := strings.TrimSpace(fmt.Sprintf("%s (%s)", tried.GetDetail(), took))
	if tried.GetPassed() {
		return diagnosis.OK(tried.GetName(), detail)
	}
	return diagnosis.Problem(tried.GetName(), detail, cmp.Or(tried.GetRemedy(), "look at the daemon's log"))
}

func lookAtPool(runner *clockworkv1.Runner) *clockworkv1.DaemonFinding {
	pool := runner.GetPool()
	detail := fmt.Sprintf("sandboxes: %d ready, %d serving an execution, at most %d; executions that wait: %d",
		pool.GetIdle(), pool.GetLeased(), pool.GetMax(), pool.GetWaiting())
	if reason := pool.GetLastError(); reason != "" {
		return diagnosis.Warning("pool", detail+"; the newest attempt to make one failed: "+reason, "mend what that says; the runner tries again by itself")
	}
	return diagnosis.OK("pool", detail)
}

func lookAtLanguages(runner *clockworkv1.Runner) *clockworkv1.DaemonFinding {
	var names []string
	for _, language := range runner.GetLanguages() {
		names = append(names, fmt.Sprintf("%s (%s)", language.GetName(), language.GetProgram()))
	}
	if len(names) == 0 {
		return diagnosis.Warning("languages", "none: only steps with a command of their own can run", "use an image, or a host, that has at least sh")
	}
	return diagnosis.OK("languages", strings.Join(names, ", "))
}

// lookAtPython tells whether scripts of Python get what they depend on.
func lookAtPython(runner *clockworkv1.Runner) *clockworkv1.DaemonFinding {
	const name, remedy = "uv", "install uv in the runner's PATH: https://docs.astral.sh/uv"
	at := slices.IndexFunc(runner.GetLanguages(), func(l *clockworkv1.Language) bool { return l.GetName() == "python" })
	switch {
	case at < 0:
		return diagnosis.Warning(name, "neither uv nor python3 is there: artifacts in Python need a step with a command of its own", remedy)
	case !strings.HasSuffix(runner.GetLanguages()[at].GetProgram(), "/uv"):
		return diagnosis.Warning(name, "it is not there: artifacts in Python run with "+runner.GetLanguages()[at].GetProgram()+", and get nothing that they depend on", remedy)
	default:
		return diagnosis.OK(name, runner.GetLanguages()[at].GetProgram())
	}
}

// lookAtCapability never warns: most of what a runner could do is to be asked for, and what was asked for and cannot be had fails the check.
func lookAtCapability(capability *clockworkv1.Capability) *clockworkv1.DaemonFinding {
	if capability.GetAvailable() {
		return diagnosis.OK(capability.GetName(), capability.GetDetail())
	}
	finding := diagnosis.OK(capability.GetName(), "not in force: "+capability.GetDetail())
	finding.Remedy = capability.GetRemedy()
	return finding
}
