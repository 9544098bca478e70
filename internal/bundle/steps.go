package bundle

import (
	"path"
	"slices"

	clockworkv1 "github.com/clockworkd/clockwork/proto/clockwork/v1"
)

var stepsPath = root.field("steps")

func (n *normaliser) steps(messages []*clockworkv1.Step, b *Bundle) []Step {
	if len(messages) == 0 {
		n.missing(root, "steps", kindList, "must have at least one step")
	}
	if n.tooMany(stepsPath, len(messages), n.limits.Steps, "steps") {
		return nil
	}
	index := newArtifactIndex(b.Artifacts)
	steps := make([]Step, len(messages))
	for i, message := range messages {
		at := stepsPath.at(i)
		steps[i] = n.step(message, at)
		steps[i].Index = i
		steps[i].Artifact = n.resolve(&steps[i], index, at)
		n.directory(steps[i].Cwd, index, at.field("run").field("cwd"))
	}
	return steps
}

func (n *normaliser) step(message *clockworkv1.Step, at jsonPath) Step {
	run := message.GetRun()
	s := Step{
		Name:            n.label(message.GetName(), at.field("name")),
		Purpose:         n.label(message.GetPurpose(), at.field("purpose")),
		Cmd:             n.cmd(run.GetCmd(), at.field("run").field("cmd")),
		Cwd:             ".",
		Env:             n.env(run.GetEnv(), at.field("run").field("env")),
		Timeout:         n.duration(message.GetTimeout(), at.field("timeout")),
		Retry:           n.retry(message.GetRetry(), at.field("retry")),
		ContinueOnError: message.GetContinueOnError(),
		Outputs:         n.outputs(message.GetOutputs(), at.field("outputs")),
	}
	if cwd := run.GetCwd(); cwd != "" {
		s.Cwd = n.relative(cwd, at.field("run").field("cwd"))
	}
	if s.Name == "" {
		s.Name = s.Purpose
	}
	if s.Name == "" && !n.document.isBroken(at.field("name")) {
		n.missing(at, "purpose", kindString, "is missing; a step needs a purpose or a name")
	}
	return s
}

// directory refuses a cwd that is an artifact, or lies below one.
func (n *normaliser) directory(cwd string, index *artifactIndex, at jsonPath) {
	for ; cwd != "" && cwd != "."; cwd = path.Dir(cwd) {
		if i, ok := index.byPath[cwd]; ok {
			n.fault(at, "must be a directory; %v is a file at %s", artifactsPath.at(i), quoted(cwd))
			return
		}
	}
}

func (n *normaliser) cmd(cmd []string, at jsonPath) []string {
	if n.tooMany(at, len(cmd), n.limits.Args, "elements") {
		return cmd[:1]
	}
	for i, arg := range cmd {
		if why := n.argument(arg, len(arg)+1); why != "" {
			n.fault(at.at(i), "%s", why)
		}
	}
	if len(cmd) > 0 && cmd[0] == "" {
		n.fault(at.at(0), "must not be empty; it names the program")
	}
	return slices.Clone(cmd)
}

func (n *normaliser) outputs(patterns []string, at jsonPath) []string {
	if n.tooMany(at, len(patterns), n.limits.Outputs, "patterns") {
		return nil
	}
	var outputs []string
	known := make(map[string]bool, len(patterns))
	for i, pattern := range patterns {
		if clean := n.file(pattern, at.at(i)); clean != "" && !known[clean] {
			known[clean] = true
			outputs = append(outputs, clean)
		}
	}
	return outputs
}

// resolve finds the artifact that a step runs by its lang, or the first one that its command names; -1 if none.
func (n *normaliser) resolve(s *Step, index *artifactIndex, at jsonPath) int {
	if len(s.Cmd) == 0 {
		return n.resolveByLang(s, index, at)
	}
	for _, arg := range s.Cmd {
		if arg == "" || len(arg) > n.limits.Path || path.IsAbs(arg) {
			continue
		}
		if i, ok := index.byPath[path.Join(s.Cwd, arg)]; ok {
			return i
		}
	}
	return -1
}

func (n *normaliser) resolveByLang(s *Step, index *artifactIndex, at jsonPath) int {
	if i, ok := index.runnable(s.Purpose); ok && s.Purpose != "" {
		return i
	}
	// What the step would run may be among what the document has wrong.
	run := at.field("run")
	if n.artifactsInDoubt || n.document.isBroken(at.field("purpose")) ||
		n.document.maybeMisnamed(at, kindObject) || n.document.maybeMisnamed(at, kindList) {
		return -1
	}
	if s.Purpose == "" {
		n.missing(run, "cmd", kindList, "is missing; a step without a command needs the purpose of the artifact that it runs")
	} else {
		n.missing(run, "cmd", kindList, "is missing, and no artifact of purpose %s has a runnable lang (%s) or is an executable file",
			quoted(s.Purpose), runnableLangs())
	}
	return -1
}
