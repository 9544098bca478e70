package executor

import (
	"maps"
	"time"

	"github.com/clockworkd/clockwork/internal/bundle"
	"github.com/clockworkd/clockwork/internal/journal"
	"github.com/clockworkd/clockwork/internal/policy"
)

// plan is what an execution is going to do: the bundle, with the request's and the runner's defaults filled in. It does not change.
type plan struct {
	id     string
	bundle *bundle.Bundle
	steps  []stepPlan
	// baseEnv is what the runner and the bundle's vars add up to; shared by all steps.
	baseEnv    map[string]string
	runner     string
	runnerType string
	keepGoing  bool
	// parallel is how many steps may run at once.
	parallel int
	// deadline is when the execution as a whole runs out of time; zero: never.
	deadline time.Time
	timeout  time.Duration
	// grace is the time between SIGTERM and SIGKILL.
	grace   time.Duration
	created time.Time
}

// stepPlan is one step of a plan.
type stepPlan struct {
	bundle.Step
	// command is what the step is shown to run before it is known which program runs its artifact.
	command []string
	timeout time.Duration
	retry   *bundle.Retry
	cwd     string
	// waitsFor counts the steps that must have ended before this one starts; unblocks lists the steps that wait for this one.
	waitsFor int
	unblocks []int
	warnings []string
}

// runnerDefaults is what a runner adds to the steps that run on it.
type runnerDefaults struct {
	name, driver string
	stepTimeout  time.Duration
	retry        *bundle.Retry
	env          map[string]string
	cwd          string
	grace        time.Duration
}

// requestOptions is what a request says besides its bundle.
type requestOptions struct {
	timeout     time.Duration
	stepTimeout time.Duration
	keepGoing   bool
}

func newPlan(id string, b *bundle.Bundle, request requestOptions, runner runnerDefaults, verdict policy.Verdict, created time.Time, parallel int) *plan {
	p := &plan{
		id: id, bundle: b, steps: make([]stepPlan, len(b.Steps)),
		runner: runner.name, runnerType: runner.driver,
		keepGoing: request.keepGoing, timeout: request.timeout, grace: runner.grace,
		created: created, parallel: 1,
		baseEnv: mergeEnv(runner.env, b.Vars),
	}
	if b.Graph {
		p.parallel = parallel
	}
	if request.timeout > 0 {
		p.deadline = created.Add(request.timeout)
	}
	for i, step := range b.Steps {
		p.steps[i] = stepPlan{
			Step:     step,
			command:  shownCommand(b, step),
			timeout:  firstPositive(step.Timeout, request.stepTimeout, runner.stepTimeout),
			retry:    step.Retry,
			cwd:      step.Cwd,
			warnings: warningsFor(verdict, step),
		}
		if p.steps[i].retry == nil {
			p.steps[i].retry = runner.retry
		}
		if step.Cwd == "." && runner.cwd != "" {
			p.steps[i].cwd = runner.cwd
		}
	}
	p.link()
	return p
}

// link turns needs, or the plain order of the steps, into who waits for whom.
func (p *plan) link() {
	for i := range p.steps {
		needs := p.steps[i].Needs
		if !p.bundle.Graph && i > 0 {
			needs = []int{i - 1}
		}
		p.steps[i].waitsFor = len(needs)
		for _, need := range needs {
			p.steps[need].unblocks = append(p.steps[need].unblocks, i)
		}
	}
}

// env returns a new map with what the runner, the vars and the step itself add up to.
func (p *plan) env(step int) map[string]string {
	return mergeEnv(p.baseEnv, p.steps[step].Env)
}

func shownCommand(b *bundle.Bundle, step bundle.Step) []string {
	if len(step.Cmd) > 0 {
		return step.Cmd
	}
	return []string{b.Artifacts[step.Artifact].Path}
}

func firstPositive(candidates ...time.Duration) time.Duration {
	for _, d := range candidates {
		if d > 0 {
			return d
		}
	}
	return 0
}

// mergeEnv lays environments over each other; later ones win.
func mergeEnv(layers ...map[string]string) map[string]string {
	size := 0
	for _, layer := range layers {
		size += len(layer)
	}
	env := make(map[string]string, size)
	for _, layer := range layers {
		maps.Copy(env, layer)
	}
	return env
}

// pendingSteps returns the first recorded state of the steps.
func pendingSteps(p *plan) []journal.Step {
	steps := make([]journal.Step, len(p.steps))
	for i, step := range p.steps {
		steps[i] = journal.Step{Index: uint32(i), Name: step.Name, Purpose: step.Purpose, Status: stepPending}
	}
	return steps
}
