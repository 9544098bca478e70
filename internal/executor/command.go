package executor

import (
	"context"
	"fmt"
	"path"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/clockworkd/clockwork/internal/bundle"
	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

// setupError says that an attempt could not even be asked for.
type setupError struct{ message string }

func (e *setupError) Error() string { return e.message }

// interpreter is a program that can run artifacts of a language.
type interpreter struct {
	program string
	args    []string
}

// interpreters lists, for each language that can be run without a command, what runs it, best first.
var interpreters = map[string][]interpreter{
	"python":     {{"uv", []string{"run"}}, {"python3", nil}},
	"bash":       {{"bash", nil}},
	"sh":         {{"sh", nil}},
	"javascript": {{"node", nil}},
	"typescript": {{"deno", []string{"run", "--allow-all"}}},
	"go":         {{"go", []string{"run"}}},
}

// command returns what the attempt runs: the step's command, or the one that its artifact's language asks for.
func (a *attempt) command(ctx context.Context, env map[string]string) ([]string, error) {
	step := &a.execution.plan.steps[a.step]
	if len(step.Cmd) > 0 {
		return step.Cmd, nil
	}
	artifact := a.execution.plan.bundle.Artifacts[step.Artifact]
	script, err := filepath.Rel(step.cwd, artifact.Path)
	if err != nil {
		return nil, &setupError{fmt.Sprintf("cannot name %s from %s", artifact.Path, step.cwd)}
	}
	candidates := interpreters[artifact.Lang]
	if len(candidates) == 0 {
		return []string{"./" + script}, nil
	}
	names := make([]string, len(candidates))
	for i, candidate := range candidates {
		names[i] = candidate.program
	}
	found, err := a.sandbox.Agent.LookPath(ctx, names, env)
	if err != nil {
		return nil, err
	}
	for _, candidate := range candidates {
		if program := found[candidate.program]; program != "" {
			a.warnOfIgnoredDependencies(artifact, candidate)
			return interpreted(program, candidate, script), nil
		}
	}
	return nil, &setupError{fmt.Sprintf("cannot run %s: it is %s, and the sandbox's PATH has no %s; install it there, or give the step a command",
		artifact.Path, artifact.Lang, strings.Join(names, " or "))}
}

// scriptMetadata begins the block in which a Python script declares its dependencies (PEP 723). Only uv reads it.
var scriptMetadata = regexp.MustCompile(`(?m)^# /// script$`)

func (a *attempt) warnOfIgnoredDependencies(artifact bundle.Artifact, by interpreter) {
	if artifact.Lang != "python" || by.program == "uv" || !scriptMetadata.Match(artifact.Content) {
		return
	}
	step := uint32(a.step)
	a.execution.inbox.post(noticed{phase: clockworkv1.Phase_PHASE_RUN, step: &step, message: fmt.Sprintf(
		"%s declares dependencies, which need uv; the sandbox's PATH has none, so %s runs it without them", artifact.Path, by.program)})
}

// interpreted puts a command together. A script keeps a directory in its name, so that none is mistaken for an option.
func interpreted(program string, by interpreter, script string) []string {
	argv := append([]string{program}, by.args...)
	if by.program == "uv" && path.Ext(script) != ".py" {
		argv = append(argv, "--script")
	}
	if !strings.HasPrefix(script, "../") {
		script = "./" + script
	}
	return append(argv, script)
}
